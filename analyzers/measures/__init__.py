"""Facts to evidence: pure; heavy libraries live here and nowhere else."""
