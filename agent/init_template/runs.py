"""Blocks about what runs: servers, releases, services, restores."""

from __future__ import annotations

from collections.abc import Iterator

from agent.init_template import estate_sections as estate
from agent.init_template import practice_sections as practice
from agent.init_template.observed import Observed, SeenService
from agent.init_template.writing import Writer, few, left_to_answer, listed, remark, scalar
from analyzers.model.message import N_


def servers(seen: Observed, writer: Writer) -> Iterator[str]:
    """Yield the monitoring servers: those that were found, else an example."""
    for section, server in (
        (estate.PROMETHEUS, seen.snapshot.monitoring),
        (estate.ALERTMANAGER, seen.snapshot.alerting),
    ):
        if server is None:
            yield from writer.unanswered(section)
            continue
        yield from writer.comment(section)
        yield from (f"{section.block}:", f"  url: {scalar(server.url)}")
        yield from left_to_answer(writer.example(section)[2:])


def standards(seen: Observed, writer: Writer) -> Iterator[str]:
    """Yield the releases that run, to be confirmed: what runs is not yet what was decided."""
    yield from writer.comment(estate.STANDARDS, systems=", ".join(seen.systems) or "-")
    example = writer.example(estate.STANDARDS)
    yield from left_to_answer([f"standards: {{os: {listed(seen.systems)}}}"] if seen.systems else example)


def services(seen: Observed, writer: Writer) -> Iterator[str]:
    """Yield one entry for each service that listens, and the example of one that somebody else runs."""
    yield from writer.comment(estate.SERVICES)
    yield "services:" if seen.services else "#services:"
    for each in seen.services:
        yield from _service(each, writer)
    yield from left_to_answer(writer.example(estate.SERVICES))


def restore_tests(seen: Observed, writer: Writer) -> Iterator[str]:
    """Yield a line for each service that keeps data."""
    yield from writer.comment(practice.RESTORE_TESTS)
    first, example = writer.example(practice.RESTORE_TESTS)
    data = [each.name for each in seen.services if each.keeps_data]
    yield from left_to_answer(
        [first, *(example.replace("base-clients", scalar(each)) for each in data or ["base-clients"])]
    )


def _service(seen: SeenService, writer: Writer) -> Iterator[str]:
    where = writer.say(N_("{sockets} on {hosts}"), sockets=few(seen.sockets), hosts=few(seen.hosts))
    yield f"- name: {scalar(seen.name)}{remark(where)}"
    if seen.match is not None:
        rules = ((name, getattr(seen.match, name)) for name in seen.match.__struct_fields__)
        yield f"  match: {{{', '.join(f'{name}: {listed(values)}' for name, values in rules if values)}}}"
    settings = ["owner:", "deputy:", "criticality:", "business_value:", "data_class:"]
    if seen.needs:
        note = remark(writer.say(N_("observed: check, then remove the #")))
        settings.append(f"depends_on: {listed(seen.needs)}{note}")
    else:
        settings.append("depends_on: []")
    if seen.keeps_data:
        settings += _of_data(seen, writer)
    yield from left_to_answer(f"  {each}" for each in settings)


def _of_data(seen: SeenService, writer: Writer) -> Iterator[str]:
    yield "objectives: {availability: 99.5, rpo_hours: 24, rto_hours: 4}"
    note = remark(writer.say(N_("tools seen here: {tools}"), tools=", ".join(seen.tools))) if seen.tools else ""
    tool = scalar(seen.tools[0] if seen.tools else "restic")
    yield f"backup: {{tool: {tool}, where: off-site, schedule: daily}}{note}"
