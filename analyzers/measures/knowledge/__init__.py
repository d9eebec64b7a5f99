"""Who knows what, from what people changed, and what is lost with whom."""
