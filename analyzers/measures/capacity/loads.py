"""Workloads to place, and where they went."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """A workload: what one replica needs by dimension, zero needs left out."""

    name: str
    replicas: int
    needs: Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """How many replicas of each workload were placed, in the order given; `best` when no placement does better."""

    placed: tuple[int, ...]
    best: bool
