"""What it costs, printed side by side; ``python -m benchmarks [NAME]...``."""
