"""The PromQL that checks need: one row a signal, named, with its window and what it costs."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A named instant query.

    Attributes
    ----------
    id
        What measures ask for, such as "continuity.up_samples".
    promql
        The text as sent. ``{window}`` stands for the range that the load guard grants, such as ``7d``.
    windows
        Ranges to try, longest first; the guard takes the first that its budget allows. Empty: no range.
    cost
        Estimated samples read by the server: one of "instant" (series), "scrapes" (series x window / scrape interval),
        "steps:N" (series x N).
    """

    id: str
    promql: str
    windows: tuple[str, ...] = ()
    cost: str = "instant"


QUERIES: tuple[Query, ...] = (
    Query(id="hosts.uname", promql="count by (nodename, instance, job) (node_uname_info)"),
)
