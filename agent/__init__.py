"""The program: what may do input and output."""
