"""Data that the program ships."""
