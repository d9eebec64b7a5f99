"""Agents of other hosts: where they are, what they say, and which machine each speaks for."""
