"""Blocks about the estate: where to look, what runs, who works on it."""

from __future__ import annotations

from agent.init_template.section import Section
from analyzers.model.message import N_

PROMETHEUS = Section(
    block="prometheus",
    why=N_(
        "The monitoring server, with the words of Prometheus's own http_config. Passwords and tokens stay in files"
        " of their own and go to this server only."
    ),
    example="""\
prometheus:
  url: http://localhost:9090
  http_config:
    basic_auth: {username: pasencore, password_file: /etc/pasencore/prometheus.pass}
    tls_config: {ca_file: /etc/pasencore/ca.pem}
""",
)

ALERTMANAGER = Section(
    block="alertmanager",
    why=N_("What sorts and sends alerts: silences and receivers are read, nothing is changed."),
    example="alertmanager: {url: http://localhost:9093}",
)

AGENTS = Section(
    block="agents",
    why=N_("Other hosts on which `pasencore agent` runs: a list, a service discovery file, or a Prometheus job."),
    example="agents: {prometheus_job: pasencore}",
)

SOURCES = Section(
    block="sources",
    why=N_("Files in which you already declare things; paths start from the folder of this file."),
    example="""\
sources:
  compose: [deploy/docker-compose.yml]
  codeowners: [../infra/CODEOWNERS]
  ansible: [../infra/inventory.ini]
  inventory: [{file: glpi.csv, columns: {name: Nom, address: IP, owner: Responsable}}]
  git: [{path: ../infra, assets: {"roles/postgres/**": base-clients, "**": infrastructure}}]
  tickets: [{file: tickets.csv, columns: {id: ID, opened: Date, closed: Fin, service: Service}, timezone: Europe/Paris}]
""",
    questions=("knowledge-shared", "incidents-recurring", "time-to-resolve", "firefighting"),
)

ORGANISATION = Section(
    block="organisation",
    why=N_("The company: its size says which availability it needs, its growth what capacity must absorb."),
    example="organisation: {name: Atelier Dupont, people: 60, growth_percent_per_year: 10}",
    questions=("sla-realistic", "growth-absorbed"),
)

STANDARDS = Section(
    block="standards",
    why=N_("Releases that you decided to run. Observed here: {systems}."),
    example="standards: {os: [debian 12]}",
    questions=("stack-heterogeneity",),
)

SERVICES = Section(
    block="services",
    why=N_("The catalogue of services: what listens, who answers for it, what it is worth."),
    keys=(
        ("match", N_("how it is recognised: units, containers, processes, hosts, ports; * stands for anything")),
        ("owner, deputy", N_("who answers for it: an id of `people`, a team or a provider")),
        ("criticality", N_("1-5: impact when it is down")),
        ("business_value", N_("1-5: contribution to the business")),
        ("depends_on", N_("services that it needs; [] says that it needs none")),
        ("data_class", N_("none, internal, personal, health or payment")),
        ("objectives", N_("availability in percent; in hours, data that may be lost (rpo) and time to be back (rto)")),
        ("external", N_("true when somebody else runs it: give its provider, addresses or domains")),
    ),
    example="""\
- name: paiement
  external: true
  provider: PayCorp
  addresses: [203.0.113.0/28]
  domains: [api.paycorp.example]
""",
    questions=("owners-named", "services-catalogued", "services-valued", "flows-declared", "redundancy", "compliance"),
)

PERIMETERS = Section(
    block="perimeters",
    why=N_("Groups of services that get an answer of their own."),
    example="perimeters: [{name: commerce, services: [boutique, base-clients]}]",
)

PEOPLE = Section(
    block="people",
    why=N_("Who works on the estate, under which names systems know them. Reports show pseudonyms."),
    keys=(
        ("employer", N_("internal, or the name of a provider")),
        ("identities", N_("accounts, addresses of commits, SSH keys, names in tickets")),
        ("skills", N_("among it-business, audit, security: the three that should stay inside")),
    ),
    example="""\
people:
- {id: a.martin, team: infra, employer: internal, identities: {login: [amartin]}, skills: [security]}
- {id: c.prov, team: support, employer: InfoServ, identities: {login: [infoserv]}}
""",
    questions=("knowledge-shared", "knowledge-inside", "skills-inside", "shared-accounts"),
)

ON_CALL = Section(
    block="on_call",
    why=N_("Who answers, and when."),
    example="on_call: [{team: infra, hours: 24x7, people: [a.martin, b.leroy]}]",
    questions=("knowledge-shared",),
)

PROVIDERS = Section(
    block="providers",
    why=N_("Companies that work on the estate or that it depends on: name those behind the addresses that are called."),
    example="""\
providers:
- {name: InfoServ, ranges: [198.51.100.0/28], subcontractors: [HostCo]}
""",
    questions=("endpoints-identified", "uncontrolled-dependencies", "provider-access"),
)

CONTRACTS = Section(
    block="contracts",
    why=N_(
        "Managed services: what the contract covers and promises, to be compared with what runs and what is measured."
    ),
    keys=(
        ("model", N_("total, partial, hybrid, layered or co-sourcing")),
        ("sla.measured_by", N_("us, or the provider")),
        ("access.windows", N_("when the provider may enter")),
        ("kpis", N_("shares: 0.08 is 8 %; changes are against the year before")),
    ),
    example="""\
contracts:
- provider: InfoServ
  model: partial
  assets: {hosts: [db1, db2], services: [base-clients]}
  signed: <today>
  scope_review: <today>
  sla: {availability: 99.9, hours: 24x7, respond_hours: 1, repair_hours: 4, measured_by: us, exclusions: [<1>]}
  access: {windows: ["Mon-Fri 08:00-19:00"], ranges: [198.51.100.0/28], last_review: <today>}
  reversibility: {clause: true, notice_months: 3, formats: [sql], data_owner: us, documentation: true}
  kpis: {budget_deviation: 0.08, first_level: 0.78, satisfaction: 0.81, security_incidents_change: -0.4}
  invoices: [{month: <month>, units: {hosts: 12}, amount: 4200}]
""",
    texts=(N_("monthly maintenance"),),
    questions=(
        "contract-perimeter",
        "sla-realistic",
        "sla-measured",
        "provider-access",
        "reversibility",
        "provider-kpis",
    ),
)

RESPONSIBILITIES = Section(
    block="responsibilities",
    why=N_(
        "Who is accountable for each domain of each service: one of you, or a provider. An empty cell is a grey zone."
    ),
    example="""\
responsibilities:
  boutique: {patching: , backup: , access: , incident: , recovery: , monitoring: , compliance: }
""",
    questions=("responsibility-matrix",),
)
