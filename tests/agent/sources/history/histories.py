"""The same history for every server: a few series over hours, with what real ones have, and its exact samples."""

from __future__ import annotations

import json
import math
import random
from collections.abc import Iterator
from dataclasses import dataclass

from analyzers.measures.decode.block import Block

Key = tuple[tuple[str, str], ...]
Samples = tuple[tuple[int, float], ...]

START = 1_700_000_000_000
MINUTE = 60_000
HOURS = 7
END = START + HOURS * 3_600_000


@dataclass(frozen=True)
class History:
    """Samples by series, and where gaps were made."""

    series: dict[Key, Samples]

    def openmetrics(self) -> str:
        """Return one text for promtool."""
        families: dict[str, list[str]] = {}
        for key, samples in self.series.items():
            labels = dict(key)
            name = labels.pop("__name__")
            inside = ",".join(f'{label}="{value}"' for label, value in labels.items())
            lines = families.setdefault(name, [])
            lines += [
                f"{name}{{{inside}}} {_text(value)} {moment // 1000}.{moment % 1000:03}" for moment, value in samples
            ]
        return "\n".join(
            line
            for name, lines in families.items()
            for line in [f"# TYPE {name.removesuffix('_total')} {'counter' if '_total' in name else 'gauge'}", *lines]
        )

    def json_lines(self) -> bytes:
        """Return what VictoriaMetrics imports."""
        return "\n".join(_lines(self.series)).encode()


def _text(value: float) -> str:
    return "NaN" if math.isnan(value) else f"{'+' if value > 0 else '-'}Inf" if math.isinf(value) else repr(value)


def _lines(series: dict[Key, Samples]) -> Iterator[str]:
    for key, samples in series.items():
        yield json.dumps(
            {
                "metric": dict(key),
                "values": [value for _, value in samples],
                "timestamps": [moment for moment, _ in samples],
            }
        )


def missing(name: str, host: int) -> set[int]:
    """Return the minutes in which a series of a host has no sample."""
    scattered = {minute for minute in range(HOURS * 60) if minute % 97 == 5} if name == "node_load1" else set()
    return scattered | set(range(100 + host, 140))


def history(hosts: int = 3, *, odd: bool = False) -> History:
    """Return counters with resets, gauges with jitter and gaps; with `odd`, also NaN and infinities."""
    chance = random.Random(5)
    found: dict[Key, Samples] = {}
    for host in range(hosts):
        instance = f"web{host}:9100"
        for name in ("node_load1", "node_network_receive_bytes_total", "http_request_duration_seconds"):
            total = 0.0
            samples = []
            for minute in range(HOURS * 60):
                if minute in missing(name, host):
                    continue
                moment = START + minute * MINUTE + (chance.randrange(-900, 900) if host == 1 else 17)
                if name.endswith("_total"):
                    total = 0.0 if chance.random() < 0.01 else total + chance.randrange(100_000)
                    value = total
                elif name == "node_load1":
                    value = round(2 + math.sin(minute / 60) + chance.random(), 2)
                else:
                    # VictoriaMetrics keeps decimals, some fifteen digits of them.
                    value = round(chance.expovariate(20), 9)
                if odd and minute % 50 == 7:
                    value = (math.nan, math.inf, -math.inf)[host % 3]
                samples.append((moment, value))
            found[tuple(sorted({"__name__": name, "instance": instance, "job": "node"}.items()))] = tuple(samples)
    return History(found)


def samples_of(blocks: Iterator[Block]) -> dict[Key, list[tuple[int, str]]]:
    """Return samples by series, values as the hexadecimal of their bits."""
    found: dict[Key, list[tuple[int, str]]] = {}
    for block in blocks:
        for each in block:
            key = tuple(sorted(each.labels.items()))
            assert key not in found
            found[key] = [(int(m), float(v).hex()) for m, v in zip(each.timestamps, each.values, strict=True)]
    return found


def expected(truth: History, start: int = START - 1000, end: int = END) -> dict[Key, list[tuple[int, str]]]:
    """Return what `samples_of` must give of a history inside a window."""
    inside = {key: [(m, v.hex()) for m, v in samples if start <= m <= end] for key, samples in truth.series.items()}
    return {key: samples for key, samples in inside.items() if samples}
