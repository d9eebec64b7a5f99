"""``python -m agent.schemas``: write the schemas again after a type changed."""

from agent.schemas import SCHEMAS, path, text

for each in SCHEMAS:
    path(each).write_text(text(each), encoding="utf-8")
