"""Catalogues of sentences, and the tools that keep them whole."""
