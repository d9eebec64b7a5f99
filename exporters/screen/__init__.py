"""A report on a terminal: the first screen, then the details."""
