"""The nouns: frozen, and validated at the border only."""
