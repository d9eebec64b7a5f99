"""The snapshot: everything that a verdict is made from, in one file."""

from __future__ import annotations

from datetime import datetime

from analyzers.model.catalogue import CatalogueFile
from analyzers.model.context import Context
from analyzers.model.facts import Fact, Host
from analyzers.model.history import History
from analyzers.model.knowledge import GitHistory
from analyzers.model.monitoring import Alerting, Monitoring
from analyzers.model.past import PastVerdict
from analyzers.model.reasons import Reason
from analyzers.model.tickets import TicketFile

SCHEMA = "pasencore.snapshot/1"


class BlindSpot(Fact, frozen=True, kw_only=True):
    """Something that the scan could not see, why, and the command that would grant it."""

    what: str
    where: str
    reason: Reason
    grant: str = ""


class Origin(Fact, frozen=True, kw_only=True):
    """A source that was asked, and how it went; `reason` is None when it answered in full."""

    kind: str
    where: str
    reason: Reason | None = None
    detail: str = ""


class Cost(Fact, frozen=True, kw_only=True):
    """What the collection cost the servers and this machine."""

    queries: int = 0
    samples: int = 0
    bytes: int = 0
    seconds: float = 0.0
    cpu_seconds: float = 0.0


class WithdrawnStatement(Fact, frozen=True, kw_only=True):
    """A statement that an earlier verdict withdrew."""

    check: str
    member: str


class Declared(Fact, frozen=True, kw_only=True):
    """A context file, embedded, with the name that provenance will show."""

    file: str
    context: Context


class Snapshot(Fact, frozen=True, kw_only=True, omit_defaults=False):
    """The estate at one moment. `taken_at` is the only clock that a verdict reads.

    Its file always says its `schema`. `tickets` and `git` are None when none was given, `past` when no output folder
    keeps earlier verdicts; `history` holds what was learnt from metric history, never the samples.
    """

    schema: str = SCHEMA
    taken_at: datetime
    tool: str
    hosts: tuple[Host, ...] = ()
    monitoring: Monitoring | None = None
    alerting: Alerting | None = None
    declared: Declared | None = None
    tickets: tuple[TicketFile, ...] | None = None
    catalogues: tuple[CatalogueFile, ...] = ()
    git: tuple[GitHistory, ...] | None = None
    past: tuple[PastVerdict, ...] | None = None
    history: History | None = None
    withdrawn: tuple[WithdrawnStatement, ...] = ()
    blind_spots: tuple[BlindSpot, ...] = ()
    origins: tuple[Origin, ...] = ()
    cost: Cost = Cost()
