"""Published rubrics, frozen."""
