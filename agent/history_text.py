"""The answer of ``pasencore history`` for a terminal."""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from agent.history_document import history_document
from analyzers.measures.history.answer import BASELINES, said_of
from analyzers.model.history import EpisodeFact, History, Minimum
from analyzers.model.message import N_, Parameter
from exporters import formats
from exporters.i18n import fill, term, translator
from exporters.visible import visible

STRIP = 28
"""Marks of the strip of a host, the window cut into as many parts."""

MOST_HOSTS = 20
MOST_EPISODES = 12
MOST_GAPS = 6
SOON_DAYS = 365
MOST_MINIMUMS = 24

CALM, SOME, MANY = "·", "▪", "█"

WHOSE = {
    "prometheus": N_("Prometheus stood still"),
    "exporter": N_("the exporter did not answer"),
    "target": N_("the target was not scraped"),
}
KINDS = {
    "stuck": N_("stands still"),
    "missing": N_("nothing measured"),
    "restart": N_("started again"),
}
SHAPES = {"spike": N_("spike"), "step": N_("one hour"), "drift": N_("drift")}


def history_text(history: History, lang: str) -> str:
    """Return the lines that people read."""
    return "".join(f"{line}\n" for line in _Screen(history, lang).lines())


@dataclass(frozen=True, slots=True)
class _Screen:
    history: History
    lang: str

    def say(self, template: str, **parameters: Parameter) -> str:
        return fill(template, parameters, self.lang)

    def lines(self) -> Iterator[str]:
        history = self.history
        document = history_document(history)
        days = (history.end - history.start).total_seconds() / 86400
        yield self.say(
            N_("Metric history of {source}: {days} days, {series} series, {samples} samples ({backend})"),
            source=visible(history.source or "-"),
            days=round(days),
            series=self.number(history.series_read),
            samples=self.number(history.samples),
            backend=history.backend or "-",
        )
        if history.reason is not None:
            yield self.say(N_("Nothing can be said: {reason}."), reason=term("reason", history.reason, self.lang))
        yield from (f"  ! {visible(each)}" for each in history.warnings[:5])
        if history.series_read < history.series_found:
            yield self.say(
                N_("  ! {left} of {found} series were left out to spare the server; hosts were chosen evenly."),
                left=self.number(history.series_found - history.series_read),
                found=self.number(history.series_found),
            )
        if history.reason is not None and not history.series:
            return
        yield from ("", *self.answer(), "")
        yield from self.quality(document["quality"])
        yield from self.rhythm(document["seasonality"])
        yield from self.filling(document["forecasts"])
        yield from self.hosts()
        yield from self.episodes()
        yield from self.detectors()
        yield from self.minimums()
        cost = document["cost"]
        yield ""
        yield self.say(
            N_("Cost: {requests} requests, {size}, {cpu} s of processor here"),
            requests=self.number(cost["requests"]),
            size=formats.size(cost["bytes"], self.lang),
            cpu=round(cost["cpu_seconds"], 1),
        )

    def number(self, value: float, decimals: int = 0) -> str:
        return formats.number(value, self.lang, decimals)

    def answer(self) -> Iterator[str]:
        if self.history.backtest is None:
            return
        said = said_of(self.history.backtest)
        translate = translator(self.lang)
        phrases = {name: translate(str(said.message.parameters[name])) for name in said.phrases}
        yield from _wrapped(fill(said.message.template, {**said.message.parameters, **phrases}, self.lang))

    def quality(self, quality: Mapping[str, Any]) -> Iterator[str]:
        yield self.say(N_("Data"))
        if quality["interval_seconds"] is not None:
            yield self.say(
                N_("  depth {depth} days, a sample each {interval} s, {missing} % of the samples missing"),
                depth=quality["depth_days"],
                interval=quality["interval_seconds"] or 0,
                missing=round((quality["missing_share"] or 0) * 100, 2),
            )
        yield self.say(
            N_("  never change: {constant}; came or went: {churn} %; counters that restarted: {resets}"),
            constant=quality["constant"],
            churn=round((quality["churn"] or 0) * 100, 1),
            resets=quality["resets"],
        )
        gaps = self.history.gaps
        if gaps is None:
            yield self.say(N_("  gaps: unknown, as the series up could not be read as it was scraped"))
            return
        if not gaps:
            yield self.say(N_("  gaps: none"))
        for each in sorted(gaps, key=lambda gap: gap.start - gap.end)[:MOST_GAPS]:
            names = ", ".join(map(visible, each.targets[:3])) if each.whose != "prometheus" else ""
            what = self.say(WHOSE[each.whose])
            yield f"  {self.moment(each.start)}  {self.lasts(each.end - each.start):>8}  {what}  {names}".rstrip()
        if len(gaps) > MOST_GAPS:
            yield self.say(N_("  and {count} shorter gaps"), count=len(gaps) - MOST_GAPS)

    def rhythm(self, rhythm: Mapping[str, Any]) -> Iterator[str]:
        daily, weekly, told = rhythm["daily"], rhythm["weekly"], rhythm["predictable"]
        yield ""
        yield self.say(N_("Rhythm"))
        yield self.say(
            N_("  strong by the hour of the day: {daily} of {of} series; by the day of the week: {weekly} of {weeks}"),
            daily=daily["strong"],
            of=daily["series"],
            weekly=weekly["strong"],
            weeks=weekly["series"],
        )
        yield self.say(
            N_("  told a day ahead better than by yesterday: {told} of {of} series (median error {error})"),
            told=told["told"],
            of=told["series"],
            error=told["median_mase"] if told["median_mase"] is not None else "-",
        )

    def filling(self, forecasts: Sequence[Mapping[str, Any]]) -> Iterator[str]:
        if not forecasts:
            return
        filling = [each for each in forecasts if each["days_until_empty"] is not None]
        soon = [each for each in filling if each["days_until_empty"] <= SOON_DAYS]
        yield ""
        yield self.say(
            N_("What fills, at the pace of these days: {soon} of {of} within a year"), soon=len(soon), of=len(forecasts)
        )
        for each in soon[:MOST_HOSTS]:
            yield self.say(
                N_("  {host}  {resource}: full in {days} days, {free} bytes free"),
                host=visible(each["host"]),
                resource=visible(each["resource"]),
                days=self.number(each["days_until_empty"]),
                free=self.short(each["free"]),
            )

    def hosts(self) -> Iterator[str]:
        judged = [each for each in self.history.hosts if each.per_week is not None]
        if not judged:
            return
        worst = sorted(judged, key=lambda each: (-(each.per_week or 0), each.host))[:MOST_HOSTS]
        width = max(len(visible(each.host)) for each in worst)
        yield ""
        yield self.say(N_("Episodes of hosts, the window in 28 parts; the first week teaches"))
        for each in worst:
            rate = self.number(each.per_week or 0, 1)
            yield self.say(
                N_("  {host}  {strip}  {rate} a week"),
                host=visible(each.host).ljust(width),
                strip=self.strip(each.host),
                rate=rate,
            )

    def strip(self, host: str) -> str:
        span = (self.history.end - self.history.start) / STRIP
        starts = [each.start for each in self.history.episodes if each.host == host and each.kind == "deviation"]
        counted = Counter(min(STRIP - 1, int((start - self.history.start) / span)) for start in starts)
        return "".join((CALM, SOME, MANY)[min(2, counted[part])] for part in range(STRIP))

    def episodes(self) -> Iterator[str]:
        if not self.history.episodes:
            return
        loudest = sorted(self.history.episodes, key=lambda each: (-each.score, each.start))[:MOST_EPISODES]
        yield ""
        yield self.say(
            N_("Episodes, {shown} of {total}"), shown=len(loudest), total=self.number(self.history.episodes_total)
        )
        for each in sorted(loudest, key=lambda one: (one.start, one.host)):
            yield f"  {self.moment(each.start)}  {self.lasts(each.end - each.start):>8}  {visible(each.host)}"
            yield from self.explained(each)

    def explained(self, episode: EpisodeFact) -> Iterator[str]:
        if not episode.series:
            yield f"      {self.say(KINDS[episode.kind])}"
        for each in episode.series:
            name = visible(each.series)
            if each.seen is None or each.usual is None:
                yield f"      {name}: {self.say(KINDS.get(episode.kind, ''))}"
            else:
                yield f"      {name}: {self.short(each.usual)} → {self.short(each.seen)}"

    def detectors(self) -> Iterator[str]:
        judged = self.history.backtest
        if judged is None or not judged.detectors:
            return
        yield ""
        yield self.say(
            N_("Backtest, {hosts} hosts over {weeks} host-weeks, {incidents} incidents"),
            hosts=judged.hosts,
            weeks=round(judged.host_weeks, 1),
            incidents=judged.incidents,
        )
        heads = (N_("detector"), N_("seen"), N_("by chance"), N_("lead, min"), N_("false/host/week"))
        rows = [tuple(self.say(each) for each in heads)]
        for each in judged.detectors:
            name = self.say(BASELINES[each.name]) if each.name in BASELINES else each.name
            chance = self.number(each.by_chance * judged.incidents, 1)
            lead = "-" if each.lead_minutes is None else self.number(each.lead_minutes)
            rows.append((name, f"{each.found}", chance, lead, self.number(each.false_per_host_week, 2)))
        yield from _table(rows)
        if judged.gain is not None:
            yield self.say(
                N_("  gain over the best simple one: {gain} points; with shuffled incident times: {chance} points"),
                gain=round(judged.gain * 100, 1),
                chance=round((judged.gain_by_chance or 0) * 100, 1),
            )

    def minimums(self) -> Iterator[str]:
        judged = self.history.backtest
        if judged is None or not judged.minimums:
            return
        metrics: dict[str, dict[str, Minimum]] = {}
        for each in judged.minimums:
            metrics.setdefault(each.metric, {})[each.shape] = each
        yield ""
        yield self.say(N_("Smallest fault seen one time in two (nine in ten), at the budget"))
        rows = [("", *(self.say(each) for each in SHAPES.values()), self.say(N_("stands still")))]
        for metric, shapes in sorted(metrics.items())[:MOST_MINIMUMS]:
            cells = [self.size(shapes.get(shape)) for shape in SHAPES]
            still = shapes.get("stuck")
            lasts = "-" if still is None or still.half is None else self.lasts(dt.timedelta(seconds=still.half))
            rows.append((visible(metric), *cells, lasts))
        yield from _table(rows)

    def size(self, minimum: Minimum | None) -> str:
        if minimum is None or minimum.half is None:
            return "-"
        most = "-" if minimum.most is None else self.short(minimum.most)
        return f"{self.short(minimum.half)} ({most}) {minimum.unit}".strip()

    def short(self, value: float) -> str:
        """Return a number in three digits, with k, M, G where it is large."""
        size = abs(value)
        for limit, unit in ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e4, "k")):
            if size >= limit:
                scale = 1e3 if unit == "k" else limit
                return f"{self.number(value / scale, 1)}{unit}"
        digits = 0 if not size else max(0, 2 - math.floor(math.log10(size)))
        return self.number(value, min(6, digits))

    def moment(self, when: dt.datetime) -> str:
        return f"{when.astimezone(dt.UTC):%Y-%m-%d %H:%M}"

    def lasts(self, span: dt.timedelta) -> str:
        minutes = round(span.total_seconds() / 60)
        if minutes < 60:  # noqa: PLR2004 - an hour
            return f"{minutes} min"
        if minutes < 48 * 60:
            return f"{minutes // 60} h {minutes % 60:02}"
        return self.say(N_("{days} days"), days=round(minutes / 1440))


def _wrapped(text: str, width: int = 80) -> Iterator[str]:
    line = ""
    for word in text.split(" "):
        if line and len(line) + 1 + len(word) > width:
            yield line
            line = word
        else:
            line = f"{line} {word}" if line else word
    yield line


def _table(rows: Sequence[tuple[str, ...]]) -> Iterable[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        first, *others = row
        cells = [first.ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(others, widths[1:], strict=True))]
        yield f"  {'  '.join(cells)}".rstrip()
