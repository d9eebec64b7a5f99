"""Scores spread over their neighbourhood: what lasts ranks above what blinks."""

from __future__ import annotations

import numpy as np

from analyzers.measures.anomaly.arrays import Array
from analyzers.measures.anomaly.windows import Sums

SHORT, LONG = 15, 121
"""Widest means, in points."""

LEAST = 5
"""Narrowest mean, in points."""

SHARE = 1 / 64
"""Share of a short history that the mean covers at most, rather than its width in points."""


def spread(scores: Array) -> Array:
    """Return scores plus their short and (twice) their long centred mean; this looks ahead.

    Ranking measures reward it and event detection pays for it (both were measured), so that only the ranking
    of a whole history is smoothed.
    """
    points = scores.shape[1]
    share = round(points * SHARE)
    sums = Sums(scores, LONG)
    out = np.array(scores, dtype=np.float64)
    for weight, widest in ((1, SHORT), (2, LONG)):
        width = min(widest, max(LEAST, share))
        out += weight * sums.mean(-(width // 2), width // 2)
    return out
