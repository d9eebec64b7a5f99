"""How sure a share of a few is."""

from __future__ import annotations

import math

CERTAINTY = 1.96
"""Standard deviations on either side that hold 95 %."""


def wilson(found: int, total: int) -> tuple[float, float]:
    """Return the 95 % interval of a share (Wilson, JASA 1927), in [0, 1]; everything when nothing was tried."""
    if not total:
        return 0.0, 1.0
    share, spread = found / total, CERTAINTY * CERTAINTY / total
    middle = share + spread / 2
    width = CERTAINTY * math.sqrt(share * (1 - share) / total + spread / (4 * total))
    low, high = (middle - width) / (1 + spread), (middle + width) / (1 + spread)
    return (0.0 if found == 0 else max(0.0, low)), (1.0 if found == total else min(1.0, high))
