"""The context file that `init` writes: what was observed filled in, what only people know left to answer."""

from agent.init_template.template import write_template

__all__ = ["write_template"]
