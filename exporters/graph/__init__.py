"""The graph of an estate: a document, and the drawings that are made from it."""
