"""Commands that let a scan see more, the smallest right first."""

from __future__ import annotations

SEE_PROCESSES = (
    "sudo setpriv --reuid=$(id -u) --regid=$(id -g) --init-groups"
    " --inh-caps=+sys_ptrace,+dac_read_search --ambient-caps=+sys_ptrace,+dac_read_search"
    ' "$(command -v pasencore)" scan'
)
"""Runs as the same account with two capabilities: sys_ptrace (whose socket is it) and dac_read_search (read files)."""

READ_FILES = (
    "sudo setpriv --reuid=$(id -u) --regid=$(id -g) --init-groups"
    ' --inh-caps=+dac_read_search --ambient-caps=+dac_read_search "$(command -v pasencore)" scan'
)
"""Runs as the same account with one capability: read any file, write none."""

AS_ROOT = "sudo pasencore collect --out host.json"
"""For what the kernel or a tool answers to root only: one snapshot, to be assessed by anyone who may read it."""
