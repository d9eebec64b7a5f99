"""Scheduled jobs: known, owned, versioned."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from fractions import Fraction

from analyzers.measures.job_mentions import could_be_named, mention
from analyzers.measures.members import host_evidence, of_hosts, run_of, why_unseen
from analyzers.model.estate import Estate, EstateHost
from analyzers.model.evidence import Evidence, Member, Population
from analyzers.model.facts import Job
from analyzers.model.interval import Interval
from analyzers.model.reasons import Reason


def mastery(estate: Estate) -> Population:
    """Return scheduled jobs, each valued by the mean of known, owned and versioned.

    Known: of a package, versioned, or named in the context file. Owned: run by the system or a service rather than from
    the account of a person, or of a service with a declared owner. Versioned: of a package or in a versioned folder. A
    part that nobody tells is [0, 1]. The jobs of a host share its weight, with what could not be read there.
    """
    members = [member for host in estate.hosts for member in _of_host(host, estate)]
    return of_hosts("jobs.mastered", members, estate, "jobs")


def _of_host(host: EstateHost, estate: Estate) -> list[Member]:
    run = run_of(host, "jobs")
    jobs = host.facts.jobs if host.facts is not None else None
    if jobs is None:
        return [] if run.outcome == "not_applicable" else [_unread(host, host.weight)]
    partial = run.outcome in {"partial", "unknown"}
    share = host.weight / max(1, len(jobs) + partial)
    members = [_member(host, name, job, share, estate) for name, job in _named(host, jobs)]
    return [*members, _unread(host, share)] if partial else members


def _unread(host: EstateHost, weight: Fraction) -> Member:
    """Return the jobs of a host that could not be read, such as the personal tables, as one member."""
    reason = why_unseen(host, "jobs")
    return Member(name=host.name, kind="host", weight=weight, reason=reason, services=host.services, hosts=(host.name,))


def _named(host: EstateHost, jobs: tuple[Job, ...]) -> Iterable[tuple[str, Job]]:
    """Return jobs with a name each; two of the same name are told apart by their file, then by a number."""
    plain = Counter(each.name for each in jobs)
    taken: Counter[str] = Counter()
    for job in jobs:
        name = f"{host.name}: {job.name}"
        if plain[job.name] > 1 and (place := job.file or job.user):
            name = f"{name} ({place})"
        taken[name] += 1
        yield (name if taken[name] == 1 else f"{name} #{taken[name]}"), job


def _member(host: EstateHost, name: str, job: Job, weight: Fraction, estate: Estate) -> Member:
    named = mention(job, estate)
    versioned = _either(job.packaged, job.versioned)
    silent = None if not could_be_named(estate) else False
    known = _either(versioned, silent if named is None else True)
    owned = _either(_impersonal(job), named is not None and named.owner is not None)
    parts = (known, owned, versioned)
    value = Interval(
        Fraction(sum(1 for each in parts if each is True), len(parts)),
        Fraction(sum(1 for each in parts if each is not False), len(parts)),
    )
    unknown: Reason = "not_declared" if known is None and versioned is False else "partial"
    return Member(
        name=name,
        kind="job",
        weight=weight,
        measured=value,
        reason=unknown if value.width else None,
        evidence=(_seen(host, name, job), *((named.evidence,) if named is not None else ())),
        services=host.services,
        hosts=(host.name,),
    )


def _seen(host: EstateHost, name: str, job: Job) -> Evidence:
    marks = (("packaged", job.packaged), ("versioned", job.versioned), ("personal", job.personal or None))
    told = [f"{mark}={'yes' if value else 'no'}" for mark, value in marks if value is not None]
    return host_evidence(host, "jobs", name, " ".join(filter(None, (job.kind, job.user, job.file, *told))))


def _either(*words: bool | None) -> bool | None:
    """Return "one or another", where each may be unknown."""
    if any(words):
        return True
    return None if None in words else False


def _impersonal(job: Job) -> bool | None:
    if job.personal:
        return False
    return True if job.user or job.kind in {"timer", "rc.local"} else None
