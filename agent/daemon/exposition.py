"""Metrics in Prometheus's text format 0.0.4, without a library: memory counts here, and the format is small."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

Labels = tuple[tuple[str, str], ...]
Sample = tuple[Labels, float]

_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n"})
_HELP_ESCAPES = str.maketrans({"\\": "\\\\", "\n": "\\n"})


def family(name: str, kind: str, text: str, samples: Iterable[Sample]) -> str:
    """Return the lines of one metric family; empty when it has no sample.

    Parameters
    ----------
    kind
        "counter" or "gauge"; a counter's name ends in ``_total``.
    """
    lines = [f"{name}{_braced(labels)} {number(value)}" for labels, value in samples]
    if not lines:
        return ""
    return "\n".join([f"# HELP {name} {text.translate(_HELP_ESCAPES)}", f"# TYPE {name} {kind}", *lines, ""])


def single(name: str, kind: str, text: str, value: float | None) -> str:
    """Return a family of one sample without labels; empty when its value is not known."""
    return "" if value is None else family(name, kind, text, [((), value)])


def labelled(label: str, values: Mapping[str, float]) -> list[Sample]:
    """Return one sample a value of one label, sorted."""
    return [(((label, key),), values[key]) for key in sorted(values)]


def number(value: float) -> str:
    """Return a value as the format writes it: whole numbers without a point, and NaN, +Inf, -Inf."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "+Inf" if value > 0 else "-Inf"
    return str(int(value)) if float(value).is_integer() and abs(value) < 1 << 53 else repr(float(value))


def _braced(labels: Labels) -> str:
    if not labels:
        return ""
    return "{" + ",".join([f'{name}="{value.translate(_ESCAPES)}"' for name, value in labels]) + "}"
