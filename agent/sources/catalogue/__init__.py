"""Files in which things are already declared, one module a format."""
