"""Processes: where they live, what they are called, which sockets they hold."""
