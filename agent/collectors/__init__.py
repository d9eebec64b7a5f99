"""Collectors: one file a source of facts about one host. They return facts and never judge."""
