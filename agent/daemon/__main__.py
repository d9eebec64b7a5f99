"""The agent as a process of its own, started by ``pasencore agent`` with options that it has checked.

Nothing of the command line stays in memory: click alone would take a fifth of what the agent may use.
"""

from __future__ import annotations

import sys
from pathlib import Path

from agent.daemon.service import Options, Service, say
from agent.errors import PasencoreError


def main(words: list[str]) -> int:
    """Run the agent from pairs of ``--name value``; return its exit code."""
    given = dict(zip(words[::2], words[1::2], strict=True))
    web = given.get("--web-config")
    options = Options(
        host=given["--host"],
        port=int(given["--port"]),
        interval=float(given["--interval"]),
        state=Path(given["--state"]),
        version=given["--version"],
        web_config=Path(web) if web else None,
        lang=given["--lang"],
    )
    try:
        Service(options).run()
    except PasencoreError as error:
        from exporters.i18n import spoken  # noqa: PLC0415 - catalogues only where something is wrong

        say(error.line(lambda text: spoken(text, options.lang)))
        return error.exit_code
    except OSError as error:
        say(f"{options.host}:{options.port}: {error.strerror or error} - give another --listen")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
