"""Is privileged access rare, named and strong?"""

from __future__ import annotations

from analyzers.measures import privileges
from analyzers.measures.members import failing, passing
from analyzers.model.check import Check, Measurement
from analyzers.model.evidence import Population
from analyzers.model.message import N_, message


def measure(population: Population) -> Measurement:
    """Return how many hosts meet the rules on the way in, the way up and the keys."""
    return Measurement(
        population=population,
        message=message(
            N_("{passing} of {total} hosts are known to meet every rule on remote entry, on privileges and on keys."),
            passing=passing(population),
            total=len(population.members),
        ),
        subjects=failing(population),
    )


CHECK = Check(
    id="privileged-access",
    question=N_("Is privileged access rare, named and strong?"),
    why=N_("Whoever may do everything can undo everything; a robot that is given the same rights can do it faster."),
    how_measured=N_(
        "Three parts a host, each worth a third. sshd: no password, not even for root, and only listed accounts or "
        "groups. sudo: nobody gets everything without a password, one to five named persons get everything. Keys: "
        "none opens several accounts, none is weak, those of root are restricted or belong to a declared person."
    ),
    remedy=N_(
        "In sshd_config set PasswordAuthentication no, PermitRootLogin no and AllowGroups; in sudoers take NOPASSWD "
        "off rules that give everything; replace weak and shared keys, and declare whose the keys of root are."
    ),
    command='sudo sshd -T | grep -Ei "rootlogin|passwordauth|allow"; sudo grep -rn NOPASSWD /etc/sudoers*',
    risk=N_("One stolen password or one forgotten key is enough to take, erase or encrypt everything."),
    needs=("hosts", "context"),
    evidence=privileges.privileged,
    measure=measure,
)
