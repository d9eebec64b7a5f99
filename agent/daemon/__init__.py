"""The long-running agent: looks at flows, remembers them, serves what it knows."""
