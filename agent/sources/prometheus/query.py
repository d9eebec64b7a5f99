"""A named PromQL query: its text, the ranges it may cover, and what it costs."""

from __future__ import annotations

from dataclasses import dataclass

from agent.sources.prometheus.durations import duration


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A named instant query.

    Attributes
    ----------
    id
        What measures ask for, such as "continuity.samples".
    promql
        The text as sent. ``{window}`` stands for the range that the load guard grants, such as ``7d``.
    windows
        Ranges to try, longest first; the guard takes the first that its budget allows. Empty: no range.
    cost
        Estimated samples read by the server: one of "instant" (series), "scrapes" (series x window / scrape interval),
        "steps:N" (series x N, over the longest window).
    series
        How many series it reads when that is not one for each target; None when it is.
    victoria
        The text for VictoriaMetrics where its functions mean something else; empty when `promql` does for both.
    gives
        What the value of each series is, and its unit.
    """

    id: str
    promql: str
    windows: tuple[str, ...] = ()
    cost: str = "instant"
    series: int | None = None
    victoria: str = ""
    gives: str = ""

    @property
    def over_time(self) -> bool:
        """Tell whether the answer holds values over time."""
        return self.promql.endswith("]")

    def text(self, window: str = "", kind: str = "prometheus") -> str:
        """Return the text to send to a server of this kind, over this window; the longest one when none is given."""
        template = self.victoria if kind == "victoria-metrics" and self.victoria else self.promql
        return template.replace("{window}", window or (self.windows[0] if self.windows else ""))

    def samples_per_series(self, window: str, scrape_interval: float) -> float:
        """Return how many samples the server reads for each series, estimated; `scrape_interval` is in seconds."""
        if self.cost == "scrapes":
            return max(1.0, (duration(window) or 0.0) / scrape_interval)
        kind, _, steps = self.cost.partition(":")
        if kind != "steps":
            return 1.0
        longest = duration(self.windows[0]) if self.windows else None
        return int(steps) * ((duration(window) or longest) / longest if longest else 1.0)
