"""Blocks about practice: how one decides, operates, recovers, and means to use AI."""

from __future__ import annotations

from agent.init_template.section import Section
from analyzers.model.message import N_

DECISIONS = Section(
    block="decisions",
    why=N_(
        "Structuring decisions: the options weighed, the four shared criteria (1-5), who decided, when to look again."
    ),
    example="""\
decisions:
- date: <today>
  title: <1>
  options: 3
  criteria: {value: 4, criticality: 3, effort: 2, risk: 3}
  hypotheses: [<2>]
  decider: direction
  review: <later>
""",
    texts=(
        N_("Move e-mail to a hosted service"),
        N_("the link to the Internet holds"),
    ),
    questions=("decision-log", "shared-criteria"),
)

TENSIONS = Section(
    block="tensions",
    why=N_("Your written position on four tensions, so that arbitrations do not depend on who is in the room."),
    example="""\
tensions:
  speed_robustness: <1>
  innovation_security: <2>
  performance_cost: <3>
  standard_flexibility: <4>
""",
    texts=(
        N_("two reviews before production, one in an emergency"),
        N_("no personal data in a trial"),
        N_("30 % of headroom, no more"),
        N_("two systems; a third one needs a waiver"),
    ),
    questions=("arbitration-criteria",),
)

WAIVERS = Section(
    block="waivers",
    why=N_(
        "Questions that you decide to live with until a date. A waiver never raises the answer; it shows the decision."
    ),
    keys=(("scope", N_("estate, or `host NAME`, or `service NAME`")),),
    example="""\
waivers:
- {check: patching, scope: host legacy1, owner: a.martin, reason: <1>, expires: <soon>}
""",
    texts=(N_("replaced in spring"),),
    questions=("risk-acceptances",),
)

RISKS = Section(
    block="risks",
    why=N_("Risks that somebody accepted, with an end."),
    example="risks: [{title: <1>, owner: b.leroy, accepted: <today>, expires: <later>, subjects: [erp1]}]",
    texts=(N_("a single ERP server"),),
    questions=("risk-acceptances", "single-points-known"),
)

RITUALS = Section(
    block="rituals",
    why=N_(
        "Meetings that steer, and when they were held: steering committee each quarter, satisfaction review each year,"
        " technical audit every two years."
    ),
    example="rituals: [{kind: steering_committee, provider: InfoServ, cadence_days: 90, held: [<today>]}]",
    questions=("steering-committee",),
)

AUTOMATABLE = Section(
    block="automatable",
    why=N_("Decisions that a machine could take, with their guard-rails: this is what AIOps would begin with."),
    example="""\
automatable:
- name: <1>
  trigger: BoutiqueStuck
  action: <2>
  runbook: rb/boutique.md
  reversible: true
  limits: {per_hour: 2, windows: any, rollback: <3>, kill_switch: silence}
  approver: a.martin
""",
    texts=(
        N_("restart the shop when it is stuck"),
        N_("restart the unit"),
        N_("none needed"),
    ),
    questions=("automatable-decisions",),
)

RUNBOOKS = Section(
    block="runbooks",
    why=N_("Written procedures, the alerts they answer, and who followed them to see whether they work."),
    example="runbooks: [{name: rb/boutique.md, alerts: [BoutiqueStuck], rehearsed: [{date: <today>, by: b.leroy}]}]",
    questions=("runbooks-rehearsed", "alerts-actionable"),
)

RESTORE_TESTS = Section(
    block="restore_tests",
    why=N_("Restores that were done, by whom and in how long: the only proof of a backup."),
    example="""\
restore_tests:
- {service: base-clients, date: <today>, kind: full, minutes: 55, by: b.leroy}
""",
    questions=("restore-proven",),
)

RECOVERY_DRILLS = Section(
    block="recovery_drills",
    why=N_("Recovery exercises: how long it took (rto), how much was lost (rpo)."),
    example="recovery_drills: [{services: [boutique], date: <today>, rto_minutes: 180, rpo_minutes: 600}]",
    questions=("recovery-drilled",),
)

INCIDENTS = Section(
    block="incidents",
    why=N_("Incidents that people remember: what a detector should have seen. The time zone is needed."),
    example="""\
incidents:
- {start: "<today>T06:10:00+01:00", end: "<today>T07:40:00+01:00", services: [boutique], severity: critical}
""",
    questions=("detection-backtest",),
)

CHANGES = Section(
    block="changes",
    why=N_("Changes that were recorded, to be compared with those that are observed."),
    example='changes: [{date: "<today>T06:00:00+01:00", services: [boutique], record: CHG-118}]',
    questions=("changes-recorded",),
)

DOCUMENTS = Section(
    block="documents",
    why=N_("Three documents without which nobody can take over: where they are, when they were last true."),
    example="""\
documents:
- {kind: network_map, url: docs/map.md, date: <today>}
- {kind: application_list, url: docs/applications.md, date: <today>}
- {kind: continuity, url: docs/continuity.md, date: <today>}
""",
    questions=("minimal-documentation",),
)

CAPACITY = Section(
    block="capacity",
    why=N_("How long it takes to get more capacity, and when it was last tried."),
    example="capacity: {provisioning_days: 5, drilled: <today>}",
    questions=("provisioning-lead-time", "elasticity-proven"),
)

AI_POLICY = Section(
    block="ai_policy",
    why=N_("Rules for AI: who approves, which data it may see, how it is stopped."),
    keys=(("data_allowed", N_("among none, internal, personal, health, payment")),),
    example="ai_policy: {approver: direction, data_allowed: [internal], kill_switch: true, review: <later>}",
    questions=("ai-policy",),
)

AI_WORKLOADS = Section(
    block="ai_workloads",
    why=N_("What an AI project would need, for each replica: does it fit on the headroom that is measured?"),
    example="""\
ai_workloads:
- {name: assistant, vcpu: 8, memory_gb: 32, disk_gb: 500, network_mbps: 200, gpu: 0, replicas: 2}
""",
    questions=("ai-stress-test",),
)

AI_USE_CASES = Section(
    block="ai_use_cases",
    why=N_("Uses of AI of your own, with the bars (0-100) that they need; seven are already judged."),
    example="""\
ai_use_cases:
- name: <1>
  needs: {prerequisites: {donnees: 60}, axes: {gouvernance: 60}}
""",
    texts=(N_("ticket summaries"),),
)
