"""Scheduled jobs: the languages of their schedules and who owns their files."""
