"""Questions for people: only what measurement cannot answer, most useful first."""
