"""Is there a Prometheus on this machine?"""

from __future__ import annotations

import contextlib

from agent.errors import UsageError
from agent.sources.address import parse_address
from agent.sources.failures import NoAnswerError
from agent.sources.http import HttpClient
from agent.sources.prometheus.client import PrometheusClient
from agent.sources.transport import Limits
from analyzers.model.context import Endpoint

USUAL_URL = "http://localhost:9090"
GLANCE = Limits(connect_seconds=0.3, read_seconds=0.7, total_seconds=1.0, body_bytes=1 << 16)


def find_local(url: str = USUAL_URL) -> Endpoint | None:
    """Return the Prometheus that answers here, None when there is none, or when something else listens.

    Takes a second at most, sends no credentials, and asks once: a server that wants some is not taken.
    """
    with (
        contextlib.suppress(NoAnswerError, UsageError),
        HttpClient(parse_address(url), limits=GLANCE, pauses=()) as http,
    ):
        PrometheusClient(http).query("1", None, seconds=GLANCE.total_seconds)
        return Endpoint(url=url)
    return None
