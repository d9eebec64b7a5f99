"""Blocks about who: people, providers, who is accountable for what."""

from __future__ import annotations

from collections.abc import Iterator

from agent.init_template import estate_sections as estate
from agent.init_template.observed import Observed, SeenPeer
from agent.init_template.writing import Writer, few, left_to_answer, legend, listed, prose, remark, scalar
from analyzers.model.context import Responsibilities
from analyzers.model.message import N_

MOST_PEERS = 60
"""Addresses that are listed: of a host that calls the whole Internet, none is worth naming."""


def people(seen: Observed, writer: Writer, *, names: bool) -> Iterator[str]:
    """Yield accounts that look like a person's when names may be shown, else how many there are and an example."""
    yield from writer.comment(estate.PEOPLE)
    if not seen.accounts or not names:
        if seen.accounts:
            sentence = N_("Accounts that look like a person's: {number}; `pasencore init --names` lists them.")
            yield from prose(writer.say(sentence, number=len(seen.accounts)))
        yield from left_to_answer(writer.example(estate.PEOPLE))
        return
    yield from left_to_answer(
        [
            "people:",
            *(
                f"- {{id: {scalar(each)}, team: infra, employer: internal, identities: {{login: {listed([each])}}}}}"
                for each in seen.accounts
            ),
        ]
    )


def providers(seen: Observed, writer: Writer) -> Iterator[str]:
    """Yield the addresses that services call, to be named; those of private ranges apart."""
    yield from writer.comment(estate.PROVIDERS)
    others = [each for each in seen.peers if not each.own]
    own = [each for each in seen.peers if each.own]
    if others:
        entries = (line for each in others[:MOST_PEERS] for line in _provider(each, writer))
        yield from left_to_answer(["providers:", *entries])
    else:
        yield from left_to_answer(writer.example(estate.PROVIDERS))
    if own:
        sentence = N_(
            "Addresses of your own networks that nothing here explains. `pasencore collect` on these hosts, then"
            " `pasencore init SNAPSHOT...` here, would."
        )
        yield from prose(writer.say(sentence))
        yield from legend((each.address, _called(each, writer)) for each in own[:MOST_PEERS])
    hidden = max(len(others) - MOST_PEERS, 0) + max(len(own) - MOST_PEERS, 0)
    if hidden:
        yield from prose(writer.say(N_("Addresses that are not listed: {number}."), number=hidden))


def responsibilities(seen: Observed, writer: Writer) -> Iterator[str]:
    """Yield an empty matrix of the services that were seen."""
    yield from writer.comment(estate.RESPONSIBILITIES)
    if not seen.services:
        yield from left_to_answer(writer.example(estate.RESPONSIBILITIES))
        return
    cells = ", ".join(f"{domain}: " for domain in Responsibilities.__struct_fields__)
    yield from left_to_answer(["responsibilities:", *(f"  {scalar(each.name)}: {{{cells}}}" for each in seen.services)])


def _provider(seen: SeenPeer, writer: Writer) -> Iterator[str]:
    bits = 128 if ":" in seen.address else 32
    yield f"- name: {scalar(seen.address)}{remark(_called(seen, writer))}"
    yield f"  ranges: {listed([f'{seen.address}/{bits}'])}"


def _called(seen: SeenPeer, writer: Writer) -> str:
    return writer.say(N_("{ports}, called by {callers}"), ports=few(seen.ports), callers=few(seen.callers))
