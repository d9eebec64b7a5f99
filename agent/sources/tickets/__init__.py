"""Exports of tickets: their headings, their values, their rows."""
