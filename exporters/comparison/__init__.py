"""Two verdicts side by side: what got better, what got worse, and whether they may be compared at all."""
