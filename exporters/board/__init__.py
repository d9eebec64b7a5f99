"""One page for those who decide: the answer, why, what is at risk, what to do next, what is not known."""
