"""Anomalies of metric history: ranking of a history, causal events, thresholds for a budget of false alerts, hosts."""

from analyzers.measures.anomaly.budget import threshold
from analyzers.measures.anomaly.causal import event
from analyzers.measures.anomaly.hosts import host
from analyzers.measures.anomaly.rank import ranking

__all__ = ["event", "host", "ranking", "threshold"]
