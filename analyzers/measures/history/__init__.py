"""Metric history studied: features of series, gaps and whose they are, alerts of hosts, a backtest."""
