"""Does the provider enter only as agreed?"""

from __future__ import annotations

from analyzers.measures.members import shown
from analyzers.measures.written import sessions
from analyzers.model.check import Check, Measurement
from analyzers.model.evidence import Population
from analyzers.model.message import N_, message

OUTSIDE = N_("Sessions of providers outside the agreed hours or addresses were seen: days {days}.")
AGREED = message(N_("Every session of a provider that could be judged was inside the agreed hours and addresses."))
UNSEEN = message(N_("No session of a provider could be compared with agreed hours."))


def measure(population: Population) -> Measurement:
    """Return the sessions of providers that were not agreed."""
    evidence = [each for member in population.members for each in member.evidence if each.key == sessions.OUTSIDE]
    subjects = tuple(str(each.value) for each in evidence)
    if subjects:
        return Measurement(population=population, message=message(OUTSIDE, days=len(subjects)), subjects=subjects)
    said = UNSEEN if shown(population, "sessions") is None else AGREED
    return Measurement(population=population, message=said, unseen=UNSEEN)


CHECK = Check(
    id="provider-access",
    question=N_("Does the provider enter only as agreed?"),
    why=N_("A door that is open to others at any hour is part of the perimeter, whatever the contract says."),
    how_measured=N_(
        "Logins of the last 90 days on each host whose account or address is a provider's: the share inside "
        "the windows and the ranges of its contract. A contract with windows, ranges and a review within six "
        "months states that they are kept."
    ),
    remedy=N_(
        "Agree on hours and addresses for each provider, let sshd and the firewall hold them, and ask about "
        "each session outside."
    ),
    command="last -F -i",
    risk=N_("Somebody enters at night with the provider's key, and nobody can tell whether it was the provider."),
    needs=(
        "hosts",
        "context",
    ),
    evidence=sessions.as_agreed,
    measure=measure,
)
