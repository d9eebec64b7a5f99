"""Will a certificate expire by surprise?"""

from __future__ import annotations

from analyzers.measures import certificates
from analyzers.measures.members import failing, passing
from analyzers.measures.unread import things
from analyzers.model.check import Check, Measurement
from analyzers.model.evidence import Population
from analyzers.model.message import N_, message


def measure(population: Population) -> Measurement:
    """Return how many certificates still hold, or are renewed by themselves."""
    return Measurement(
        population=population,
        message=message(
            N_("{passing} of {total} certificates are known to last more than 21 days or to renew themselves."),
            passing=passing(population),
            total=things(population),
        ),
        subjects=failing(population),
    )


CHECK = Check(
    id="certificates",
    question=N_("Will a certificate expire by surprise?"),
    why=N_(
        "A certificate that expires stops the service at a known minute: the one failure that can always be foreseen."
    ),
    how_measured=N_(
        "Certificates that services are configured to serve, and those that probes see: more than 21 days left, or "
        "an automatic renewal that works. One that has expired was renewed by nothing."
    ),
    remedy=N_("Renew what expires soon, automate the renewal, and put an alert at 21 days."),
    command="openssl x509 -noout -subject -enddate -in FILE",
    risk=N_("The site or the application refuses every visitor, at once, on a date that was written."),
    needs=("hosts", "prometheus"),
    evidence=certificates.validity,
    measure=measure,
)
