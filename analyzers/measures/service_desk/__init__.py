"""What tickets tell of operations: fires, returning incidents, levels, times to resolve, times to deliver."""
