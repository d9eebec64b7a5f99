"""Run the benchmarks that are named, or all of them."""

from __future__ import annotations

import sys

from benchmarks import flows, scanning

ALL = {"flows": flows.main, "scanning": scanning.main}


def main() -> None:
    for name in sys.argv[1:] or ALL:
        if name not in ALL:
            sys.exit(f"no benchmark is called {name}: {', '.join(ALL)}")
        ALL[name]()


main()
