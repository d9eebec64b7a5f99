"""What people declare: the context file, block by block.

An absent block says nothing (None); an explicit empty list says "we have none". Unknown keys are refused at the border.
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from analyzers.model.tickets import Column

Level = Annotated[int, Meta(ge=1, le=5)]
Share = Annotated[float, Meta(ge=0, le=1)]
Percent = Annotated[float, Meta(ge=0, le=100)]
Positive = Annotated[float, Meta(ge=0)]
Count = Annotated[int, Meta(ge=0)]
Name = Annotated[str, Meta(min_length=1, max_length=200)]
Text = Annotated[str, Meta(max_length=4000)]
Moment = Annotated[dt.datetime, Meta(tz=True)]


class Block(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Base of every block; unknown keys are errors."""


class Statement(Block, frozen=True, kw_only=True):
    """Evidence that somebody gives: who, when, and what it rests on; the file's date and author by default."""

    date: dt.date | None = None
    author: Name | None = None
    evidence: Text | None = None


class Organisation(Block, frozen=True, kw_only=True):
    """The company: size decides what availability it needs."""

    name: Name | None = None
    people: Count | None = None
    growth_percent_per_year: float | None = None


class BasicAuth(Block, frozen=True, kw_only=True):
    """As in Prometheus; the password stays in its file."""

    username: Name
    password_file: Name


class Authorization(Block, frozen=True, kw_only=True):
    """As in Prometheus; the credentials stay in their file."""

    type: Name = "Bearer"
    credentials_file: Name


class TlsConfig(Block, frozen=True, kw_only=True):
    """As in Prometheus."""

    ca_file: Name | None = None
    cert_file: Name | None = None
    key_file: Name | None = None
    server_name: Name | None = None
    insecure_skip_verify: bool = False


class HttpHeader(Block, frozen=True, kw_only=True):
    """Values of an extra header, in clear or in files."""

    values: tuple[Text, ...] = ()
    files: tuple[Name, ...] = ()


class HttpConfig(Block, frozen=True, kw_only=True):
    """As in Prometheus's own ``http_config``."""

    basic_auth: BasicAuth | None = None
    authorization: Authorization | None = None
    tls_config: TlsConfig | None = None
    http_headers: dict[str, HttpHeader] = {}


class Endpoint(Block, frozen=True, kw_only=True):
    """A server and how to enter it; credentials never go to another one."""

    url: Name
    http_config: HttpConfig | None = None


class Agents(Block, frozen=True, kw_only=True):
    """Where the agents of the fleet are."""

    file_sd: tuple[Name, ...] = ()
    urls: tuple[Name, ...] = ()
    prometheus_job: Name | None = None
    http_config: HttpConfig | None = None


class InventoryFile(Block, frozen=True, kw_only=True):
    """An inventory export; `columns` maps our words to its headings."""

    file: Name
    columns: dict[str, Name] = {}


class GitSource(Block, frozen=True, kw_only=True):
    """A repository; `assets` maps path patterns to services."""

    path: Name
    assets: dict[str, Name] = {}


class TicketFile(Block, frozen=True, kw_only=True):
    """A ticket export; `columns` maps our words to its headings."""

    file: Name
    columns: dict[Column, Name] = {}
    timezone: Name | None = None


class Sources(Block, frozen=True, kw_only=True):
    """Files that hold what is already declared elsewhere."""

    backstage: tuple[Name, ...] = ()
    compose: tuple[Name, ...] = ()
    codeowners: tuple[Name, ...] = ()
    ansible: tuple[Name, ...] = ()
    inventory: tuple[InventoryFile, ...] = ()
    git: tuple[GitSource, ...] = ()
    tickets: tuple[TicketFile, ...] = ()


class Standards(Statement, frozen=True, kw_only=True):
    """Releases that the company decided to run, such as ``debian 12``."""

    os: tuple[Name, ...] = ()


class Match(Block, frozen=True, kw_only=True):
    """How a catalogue entry recognises what is observed; each list is an alternative, all given lists must agree."""

    units: tuple[Name, ...] = ()
    containers: tuple[Name, ...] = ()
    processes: tuple[Name, ...] = ()
    hosts: tuple[Name, ...] = ()
    ports: tuple[Annotated[int, Meta(ge=1, le=65535)], ...] = ()


class Objectives(Block, frozen=True, kw_only=True):
    """What the service promises."""

    availability: Percent | None = None
    rpo_hours: Positive | None = None
    rto_hours: Positive | None = None


class Backup(Block, frozen=True, kw_only=True):
    """How a data service is backed up."""

    tool: Name | None = None
    where: Name | None = None
    schedule: Name | None = None


class Service(Statement, frozen=True, kw_only=True):
    """An entry of the catalogue."""

    name: Name
    match: Match | None = None
    owner: Name | None = None
    deputy: Name | None = None
    criticality: Level | None = None
    business_value: Level | None = None
    depends_on: tuple[Name, ...] | None = None
    public: bool | None = None
    data_class: Literal["none", "internal", "personal", "health", "payment"] | None = None
    monthly_cost: Positive | None = None
    objectives: Objectives | None = None
    backup: Backup | None = None
    external: bool = False
    provider: Name | None = None
    addresses: tuple[Name, ...] = ()
    domains: tuple[Name, ...] = ()


class Identities(Block, frozen=True, kw_only=True):
    """Names under which a person appears in systems."""

    login: tuple[Name, ...] = ()
    git: tuple[Name, ...] = ()
    key: tuple[Name, ...] = ()
    ticket: tuple[Name, ...] = ()


class Person(Statement, frozen=True, kw_only=True):
    """Somebody who works on the estate."""

    id: Name
    team: Name | None = None
    employer: Name | None = None
    identities: Identities = Identities()
    skills: tuple[Name, ...] = ()


class OnCall(Statement, frozen=True, kw_only=True):
    """Who answers, when."""

    team: Name
    hours: Name
    people: tuple[Name, ...] = ()


class Provider(Statement, frozen=True, kw_only=True):
    """A company that works on the estate or that it depends on."""

    name: Name
    ranges: tuple[Name, ...] = ()
    domains: tuple[Name, ...] = ()
    subcontractors: tuple[Name, ...] = ()


class ContractAssets(Block, frozen=True, kw_only=True):
    """What a contract covers."""

    hosts: tuple[Name, ...] = ()
    services: tuple[Name, ...] = ()


class Sla(Block, frozen=True, kw_only=True):
    """What the provider promised."""

    availability: Percent | None = None
    hours: Name | None = None
    respond_hours: Positive | None = None
    repair_hours: Positive | None = None
    measured_by: Name | None = None
    exclusions: tuple[Text, ...] = ()


class ContractAccess(Block, frozen=True, kw_only=True):
    """When and from where the provider may enter."""

    windows: tuple[Name, ...] = ()
    ranges: tuple[Name, ...] = ()
    last_review: dt.date | None = None


class Reversibility(Block, frozen=True, kw_only=True):
    """How one would leave."""

    clause: bool | None = None
    notice_months: Positive | None = None
    formats: tuple[Name, ...] = ()
    data_owner: Name | None = None
    documentation: bool | None = None
    last_drill: dt.date | None = None


class Kpis(Block, frozen=True, kw_only=True):
    """The five indicators of the contract, as shares; changes are against the year before."""

    budget_deviation: float | None = None
    first_level: Share | None = None
    satisfaction: Share | None = None
    security_incidents_change: float | None = None
    tco_change: float | None = None
    resolution_trend: float | None = None


class Invoice(Block, frozen=True, kw_only=True):
    """What was billed for one month."""

    month: Annotated[str, Meta(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")]
    units: dict[str, Positive] = {}
    amount: Positive | None = None


class Contract(Statement, frozen=True, kw_only=True):
    """A managed-services contract."""

    provider: Name
    model: Literal["total", "partial", "hybrid", "layered", "co-sourcing"] | None = None
    assets: ContractAssets | None = None
    signed: dt.date | None = None
    scope_review: dt.date | None = None
    sla: Sla | None = None
    access: ContractAccess | None = None
    reversibility: Reversibility | None = None
    kpis: Kpis | None = None
    invoices: tuple[Invoice, ...] = ()


class Responsibilities(Block, frozen=True, kw_only=True):
    """Who is accountable for each domain of a service; an absent cell is a grey zone."""

    patching: Name | None = None
    backup: Name | None = None
    access: Name | None = None
    incident: Name | None = None
    recovery: Name | None = None
    monitoring: Name | None = None
    compliance: Name | None = None


class Criteria(Block, frozen=True, kw_only=True):
    """The four shared criteria of a decision."""

    value: Level | None = None
    criticality: Level | None = None
    effort: Level | None = None
    risk: Level | None = None


class Decision(Block, frozen=True, kw_only=True):
    """A structuring decision and its frame."""

    date: dt.date
    title: Text
    options: Count | None = None
    criteria: Criteria | None = None
    hypotheses: tuple[Text, ...] = ()
    decider: Name | None = None
    review: dt.date | None = None
    author: Name | None = None
    evidence: Text | None = None


class Tensions(Statement, frozen=True, kw_only=True):
    """Written positions on the four tensions."""

    speed_robustness: Text | None = None
    innovation_security: Text | None = None
    performance_cost: Text | None = None
    standard_flexibility: Text | None = None


class WaiverEntry(Statement, frozen=True, kw_only=True):
    """A check that somebody decided to live with, until a date."""

    check: Name
    scope: Name = "estate"
    owner: Name
    reason: Text
    expires: dt.date


class Risk(Statement, frozen=True, kw_only=True):
    """An accepted risk."""

    title: Text
    owner: Name | None = None
    accepted: dt.date | None = None
    expires: dt.date | None = None
    subjects: tuple[Name, ...] = ()


class Ritual(Statement, frozen=True, kw_only=True):
    """A meeting that should be held, and when it was."""

    kind: Name
    provider: Name | None = None
    cadence_days: Annotated[int, Meta(ge=1, le=3660)]
    held: tuple[dt.date, ...] = ()


class Limits(Block, frozen=True, kw_only=True):
    """Guard-rails of an automatic action."""

    per_hour: Positive | None = None
    windows: Name | None = None
    rollback: Text | None = None
    kill_switch: Text | None = None


class Automatable(Statement, frozen=True, kw_only=True):
    """A decision that a machine may take."""

    name: Name
    trigger: Text | None = None
    action: Text | None = None
    runbook: Name | None = None
    reversible: bool | None = None
    limits: Limits | None = None
    approver: Name | None = None


class Rehearsal(Block, frozen=True, kw_only=True):
    """A runbook that somebody followed."""

    date: dt.date
    by: Name


class Runbook(Statement, frozen=True, kw_only=True):
    """A written procedure, the alerts it answers, who rehearsed it."""

    name: Name
    alerts: tuple[Name, ...] = ()
    rehearsed: tuple[Rehearsal, ...] = ()


class RestoreTest(Block, frozen=True, kw_only=True):
    """A restore that was done."""

    service: Name
    date: dt.date
    kind: Name | None = None
    minutes: Positive | None = None
    by: Name | None = None
    author: Name | None = None
    evidence: Text | None = None


class RecoveryDrill(Block, frozen=True, kw_only=True):
    """A recovery exercise."""

    services: tuple[Name, ...]
    date: dt.date
    rto_minutes: Positive | None = None
    rpo_minutes: Positive | None = None
    author: Name | None = None
    evidence: Text | None = None


class Incident(Block, frozen=True, kw_only=True):
    """An incident that people remember."""

    start: Moment
    end: Moment | None = None
    services: tuple[Name, ...] = ()
    severity: Name | None = None
    author: Name | None = None
    evidence: Text | None = None


class Change(Block, frozen=True, kw_only=True):
    """A change that was recorded."""

    date: Moment
    services: tuple[Name, ...] = ()
    record: Name | None = None
    author: Name | None = None
    evidence: Text | None = None


class Document(Block, frozen=True, kw_only=True):
    """A document that must exist and be fresh."""

    kind: Name
    url: Text
    date: dt.date
    author: Name | None = None
    evidence: Text | None = None


class Capacity(Statement, frozen=True, kw_only=True):
    """How capacity grows."""

    provisioning_days: Positive | None = None
    drilled: dt.date | None = None


class AiPolicy(Statement, frozen=True, kw_only=True):
    """Rules for AI: who approves, which data, kill switch, review."""

    approver: Name | None = None
    data_allowed: tuple[Name, ...] | None = None
    kill_switch: bool | None = None
    review: dt.date | None = None


class AiWorkload(Statement, frozen=True, kw_only=True):
    """What an AI project would need."""

    name: Name
    vcpu: Positive = 0
    memory_gb: Positive = 0
    disk_gb: Positive = 0
    network_mbps: Positive = 0
    gpu: Count = 0
    replicas: Annotated[int, Meta(ge=1, le=10000)] = 1


class Needs(Block, frozen=True, kw_only=True):
    """Bars, on 0-100, that a use of AI needs: at least one prerequisite and one axis."""

    prerequisites: Annotated[
        dict[Literal["donnees", "processus", "perimetres", "automatisation"], Percent], Meta(min_length=1)
    ]
    axes: Annotated[
        dict[Literal["lisibilite", "scalabilite", "gouvernance", "decision", "exploitation"], Percent],
        Meta(min_length=1),
    ]


class AiUseCase(Statement, frozen=True, kw_only=True):
    """A use of AI that the company thinks of."""

    name: Name
    needs: Needs


class PerimeterEntry(Statement, frozen=True, kw_only=True):
    """Services that are judged on their own."""

    name: Name
    services: tuple[Name, ...]


class Context(Block, frozen=True, kw_only=True):
    """The whole file."""

    schema: Literal["pasencore.context/1"]
    date: dt.date
    author: Name
    max_age_days: Annotated[int, Meta(ge=1, le=3660)] = 365
    organisation: Organisation | None = None
    prometheus: Endpoint | None = None
    alertmanager: Endpoint | None = None
    agents: Agents | None = None
    sources: Sources | None = None
    standards: Standards | None = None
    services: tuple[Service, ...] | None = None
    people: tuple[Person, ...] | None = None
    on_call: tuple[OnCall, ...] | None = None
    providers: tuple[Provider, ...] | None = None
    contracts: tuple[Contract, ...] | None = None
    responsibilities: dict[Name, Responsibilities] | None = None
    decisions: tuple[Decision, ...] | None = None
    tensions: Tensions | None = None
    waivers: tuple[WaiverEntry, ...] | None = None
    risks: tuple[Risk, ...] | None = None
    rituals: tuple[Ritual, ...] | None = None
    automatable: tuple[Automatable, ...] | None = None
    runbooks: tuple[Runbook, ...] | None = None
    restore_tests: tuple[RestoreTest, ...] | None = None
    recovery_drills: tuple[RecoveryDrill, ...] | None = None
    incidents: tuple[Incident, ...] | None = None
    changes: tuple[Change, ...] | None = None
    documents: tuple[Document, ...] | None = None
    capacity: Capacity | None = None
    ai_policy: AiPolicy | None = None
    ai_workloads: tuple[AiWorkload, ...] | None = None
    ai_use_cases: tuple[AiUseCase, ...] | None = None
    perimeters: tuple[PerimeterEntry, ...] | None = None
