"""Prometheus and what speaks its API: what it scrapes, which rules it has, what the named queries say."""
