"""One file a subcommand: parse, call, write."""
