from __future__ import annotations

import pytest

from analyzers.checks.gouvernance.sla_measured import CHECK
from analyzers.model import context as ctx
from analyzers.model.monitoring import Monitoring
from tests import builders as b

KEY = {"job": "blackbox", "instance": "https://boutique.dupont.example/", "service": "boutique"}
MONTH = 43_200


def server(share: float, samples: float = MONTH, interval: float | None = 60.0) -> Monitoring:
    queries = (
        b.query("sla.availability", (KEY, share), window="30d"),
        b.query("sla.samples", (KEY, samples), window="30d"),
    )
    target = b.target(KEY["instance"], "blackbox", scrape_interval_seconds=interval)
    return b.monitoring(*queries, targets=(target,))


def promised(percent: float = 99.0) -> ctx.Context:
    contract = ctx.Contract(
        provider="InfoServ", sla=ctx.Sla(availability=percent), assets=ctx.ContractAssets(services=("boutique",))
    )
    return b.context(contracts=(contract,))


@pytest.mark.parametrize(
    ("share", "samples", "interval", "ends"),
    [
        (0.9999, MONTH, 60.0, (1, 1)),
        (0.98, MONTH, 60.0, (0, 0)),
        (0.9901, MONTH, 60.0, (0, 1)),
        (0.9999, MONTH * 0.98, 60.0, (0, 1)),
        (0.5, MONTH * 0.5, 60.0, (0, 1)),
        (0.9999, MONTH, None, (0, 1)),
        (1.0, MONTH, 60.0, (1, 1)),
    ],
    ids=["kept", "missed", "too close", "blind", "half blind", "interval unknown", "never down"],
)
def test_a_promise_is_kept_missed_or_open(share: float, samples: float, interval: float | None, ends: tuple) -> None:
    finding = b.finding(CHECK, monitoring=server(share, samples, interval), context=promised())
    assert (finding.interval.low, finding.interval.high) == ends


def test_promises_that_are_not_kept_are_named() -> None:
    found = b.answer(CHECK, monitoring=server(0.9), context=promised())
    assert str(found.message) == "0 of 1 promised availabilities are proved by our own probes."
    assert found.subjects == ("boutique",)


def test_a_service_without_a_probe_is_unknown_and_so_is_an_estate_without_a_server() -> None:
    elsewhere = b.monitoring(b.query("sla.availability"), b.query("sla.samples"))
    assert b.finding(CHECK, monitoring=elsewhere, context=promised()).reason == "no_source"
    assert b.finding(CHECK, context=promised()).reason == "no_monitoring_source"
    assert b.finding(CHECK).reason == "not_declared"
    assert b.finding(CHECK, context=b.context(providers=())).outcome == "not_applicable"


def test_the_address_probed_may_name_the_service() -> None:
    entry = b.service("shop", domains=("boutique.dupont.example",), external=True)
    contract = ctx.Contract(
        provider="InfoServ", sla=ctx.Sla(availability=99.0), assets=ctx.ContractAssets(services=("shop",))
    )
    context = b.context(services=(entry,), contracts=(contract,))
    assert b.finding(CHECK, monitoring=server(1.0), context=context).interval.low == 1
