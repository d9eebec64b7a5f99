"""Lenses of the report: what several axes say of one thing, line by line."""
