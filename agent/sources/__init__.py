"""Sources of the estate: servers and files that tell of more than one host."""
