"""From bytes of stored or fetched history to arrays."""
