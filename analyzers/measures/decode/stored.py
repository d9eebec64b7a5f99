"""The history that an agent keeps itself, as blocks like any other history."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from analyzers.measures.decode.agent_frames import SEGMENT, Damage, Series, frames, segment_of
from analyzers.measures.decode.agent_store import read_series
from analyzers.measures.decode.block import Block, Incomplete, Labels, tidy


def labels_in_store(data: bytes, instance: str = "") -> tuple[Labels, ...]:
    """Return the labels of each series of a store; `instance` names the host, where it is known."""
    found: dict[Series, None] = {}
    for frame in frames(data, Damage()):
        segment = segment_of(frame.body) if frame.kind == SEGMENT else None
        found |= dict.fromkeys(segment.series if segment is not None else ())
    return tuple(_labels(each, instance) for each in found)


def block_of_store(
    data: bytes, selected: Callable[[Labels], bool], window: tuple[int, int], instance: str = ""
) -> Block:
    """Return some series of a store; `instance` as in `labels_in_store`."""
    damage = Damage()
    found = read_series(data, lambda each: selected(_labels(each, instance)), window[0], window[1] + 1, damage)
    block = tidy(
        [_labels(each, instance) for each in found],
        [len(moments) for moments, _ in found.values()],
        np.concatenate([np.empty(0, np.int64), *(moments for moments, _ in found.values())]),
        np.concatenate([np.empty(0, np.float64), *(values for _, values in found.values())]),
        window,
        markers=False,
    )
    if not damage.bytes:
        return block
    return replace(
        block, incomplete=(Incomplete(reason="partial", detail=f"{damage.bytes} bytes of the store could not be read"),)
    )


def _labels(series: Series, instance: str) -> dict[str, str]:
    host = {"instance": instance} if instance else {}
    return {**host, **dict(series.labels), "__name__": series.name}
