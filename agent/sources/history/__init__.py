"""Metric history: read shard by shard, from whatever holds it."""
