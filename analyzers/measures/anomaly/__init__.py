"""Anomalies of metric history: ranking of a whole history, causal events, threshold for a budget of false alerts, hosts."""

from analyzers.measures.anomaly.causal import event
from analyzers.measures.anomaly.rank import ranking

__all__ = ["event", "ranking"]
