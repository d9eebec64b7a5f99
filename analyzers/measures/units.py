"""Units of hosts: what failed, and what restarts again and again."""

from __future__ import annotations

from fractions import Fraction

from analyzers.measures.members import host_evidence, host_member, of_hosts, run_of, unseen_host
from analyzers.measures.series import Reading, readings
from analyzers.model.estate import Estate, EstateHost
from analyzers.model.evidence import Evidence, Member, Population
from analyzers.model.facts import Unit
from analyzers.model.interval import Interval

CRASH_LOOP_FROM = 5
"""Restarts since it was loaded from which a unit is crash-looping (signal H12)."""

CRASH_LOOP_OVER = Fraction(5)
"""Restarts a day over which a unit is crash-looping, as a server counts them (signal P58)."""

FAILED = "units.failed"
RESTARTS = "units.restarts"
NAMES = ("units.failed_names", "units.restarting_names")


def health(estate: Estate) -> Population:
    """Return hosts without a failed or crash-looping unit: 1 or 0 each, the worst source counts.

    A source that counts failures and not restarts leaves [0, 1]; a host without systemd is left out.
    """
    series = {query_id: readings(estate, query_id) for query_id in (FAILED, RESTARTS, *NAMES)}
    members = (
        _member(host, {query_id: found.get(host.name, ()) for query_id, found in series.items()})
        for host in estate.hosts
    )
    return of_hosts("hosts.units", (each for each in members if each is not None), estate, "units")


def _member(host: EstateHost, series: dict[str, tuple[Reading, ...]]) -> Member | None:
    faults = [*_own_faults(host), *_faults_in(series)]
    if faults:
        return host_member(host, Interval.point(0), *faults)
    seen = [*_own_count(host), *(each.evidence for each in (*series[FAILED], *series[RESTARTS]))]
    if not seen:
        return None if run_of(host, "units").outcome == "not_applicable" else unseen_host(host, "units")
    whole = _restarts_counted(host) or (series[FAILED] and series[RESTARTS])
    return host_member(
        host, Interval.point(1) if whole else Interval.between(0, 1), *seen, reason=None if whole else "partial"
    )


def _own_faults(host: EstateHost) -> list[Evidence]:
    units = (host.facts.units or ()) if host.facts is not None else ()
    return [
        *(host_evidence(host, "units", "failed_unit", each.name) for each in units if each.active == "failed"),
        *(
            host_evidence(host, "units", f"restarts of {each.name}", each.restarts, "restarts")
            for each in units
            if each.active != "failed" and (each.restarts or 0) >= CRASH_LOOP_FROM
        ),
    ]


def _faults_in(series: dict[str, tuple[Reading, ...]]) -> list[Evidence]:
    faults = [each.evidence for each in series[FAILED] if each.value > 0]
    faults += [each.evidence for each in series[RESTARTS] if each.value > CRASH_LOOP_OVER]
    return faults + [each.evidence for query_id in NAMES for each in series[query_id] if each.value > 0]


def _own_count(host: EstateHost) -> list[Evidence]:
    if host.facts is None or host.facts.units is None:
        return []
    return [host_evidence(host, "units", "units_seen", len(host.facts.units), "units")]


def _restarts_counted(host: EstateHost) -> bool:
    units = host.facts.units if host.facts is not None else None
    return units is not None and not any(_uncounted(each) for each in units)


def _uncounted(unit: Unit) -> bool:
    """Tell whether a service runs whose restarts nobody counts, as before systemd 235."""
    return unit.name.endswith(".service") and unit.active in {"active", "activating"} and unit.restarts is None
