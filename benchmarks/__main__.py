"""Run the benchmark that is named, with its own arguments, or all those that need none."""

from __future__ import annotations

import sys

from benchmarks import agent, anomaly, deb, fleet, flows, fuzz, graph, history, knowledge, scanning, soak, truck_factors

ALL = {"scanning": scanning.main, "flows": flows.main, "knowledge": knowledge.main, "agent": agent.main}
WITH_ARGUMENTS = {
    "truck_factors": truck_factors.compare,
    "anomaly": anomaly.main,
    "deb": deb.main,
    "fleet": fleet.main,
    "graph": graph.main,
    "history": history.main,
}
WITH_ARGUMENTS |= {"soak": soak.main, "fuzz": fuzz.main}


def main() -> None:
    names = sys.argv[1:] or list(ALL)
    if names[0] in WITH_ARGUMENTS:
        WITH_ARGUMENTS[names[0]](names[1:])
        return
    for name in names:
        if name not in ALL:
            sys.exit(f"no benchmark is called {name}: {', '.join([*ALL, *WITH_ARGUMENTS])}")
        ALL[name]()


main()
