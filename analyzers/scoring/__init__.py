"""Findings to intervals to verdict: the rule of the grid, exact, without a number of its own."""
