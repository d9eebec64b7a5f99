"""What is wrong in the whole estates: every question that must name something, and exactly what it must name."""

from __future__ import annotations

from tests.estates import company

HOSTS = frozenset(company.HOSTS)
LISTENING = frozenset({"alertmanager", "boutique", "facturation", "nginx", "postgresql", "prometheus", "rsync"})
STRANGERS = frozenset(f"203.0.113.{last}:4444" for last in range(1, 9))
DATABASES = frozenset({"db1 postgresql", "db2 postgresql"})
UNKNOWN_TO_ALL = LISTENING | {"telnetd"}

MATURE = {
    "knowledge-inside": {"rsync", "node_exporter", "ssh"},
    "redundancy": {"boutique", "facturation"},
    "sla-realistic": {"postgresql"},
}
"""What a company may live with: the provider's own host, services that run once and are accepted as such."""

HALF_WAY = {
    "flows-declared": {"mongod -> 203.0.113.9:4444"},
    "endpoints-identified": {"203.0.113.9:4444"},
    "services-catalogued": {"mongod"},
    "minimal-documentation": {"application_list", "continuity"},
    "knowledge-shared": {"boutique"},
    "knowledge-inside": {"rsync", "node_exporter", "ssh", "postgresql"},
    "blind-spots": {"old1"},
    "owners-named": {"rsync", "fax", "nginx", "grafana", "mongod", "facturation"},
    "responsibility-matrix": {*LISTENING, "keycloak", "fax", "ssh", "node_exporter", "grafana", "mongod", "intranet"},
    "provider-access": {"db1 2026-11-19 03h 198.51.100.7"},
    "patching": {"db2"},
    "contract-perimeter": {"old1", "db2"},
    "sla-measured": {"postgresql"},
    "sla-realistic": {"postgresql"},
    "reversibility": {"contracts[0] InfoServ"},
    "compliance": {"app2 mongod"},
    "cost-visible": {"fax", "postgresql"},
    "decision-log": {"decisions"},
    "services-valued": {"rsync", "nginx", "grafana", "mongod", "facturation"},
    "risk-acceptances": {"risks[0]"},
    "steering-committee": {"rituals[0] steering_committee"},
    "provider-kpis": {"InfoServ: budget"},
    "steering-debt": {"patching"},
    "telemetry-coverage": {"old1", "mongod"},
    "history-depth": {"old1"},
    "clocks-agree": {"db2"},
    "alerts-actionable": {"Ping"},
    "runbooks-rehearsed": {"BoutiqueStuck"},
    "jobs-mastered": {"mon1: purge.sh"},
    "recovery-drilled": {"boutique", "postgresql"},
}

CHAOTIC = {
    "flows-declared": {f"nginx -> {each}" for each in STRANGERS},
    "endpoints-identified": STRANGERS,
    "services-catalogued": UNKNOWN_TO_ALL,
    "minimal-documentation": {"application_list", "network_map", "continuity"},
    **dict.fromkeys(("headroom-now", "saturation-horizon", "growth-absorbed", "saturation-events"), HOSTS),
    **dict.fromkeys(("owners-named", "responsibility-matrix", "services-valued"), UNKNOWN_TO_ALL),
    **dict.fromkeys(("shared-accounts", "privileged-access", "patching"), HOSTS),
    "certificates": {
        "https://boutique.dupont.example",
        *(f"{host} /etc/letsencrypt/live/boutique/fullchain.pem" for host in HOSTS),
    },
    **dict.fromkeys(("backups-present", "restore-proven", "compliance"), DATABASES),
    "contract-perimeter": {"db2"},
    "reversibility": {"contracts[0] InfoServ"},
    "ai-policy": {"review", "kill_switch"},
    "decision-log": {"decisions"},
    "risk-acceptances": {"risks[0]"},
    "steering-committee": {"rituals[0] steering_committee"},
    "provider-kpis": {"InfoServ: resolution"},
    "telemetry-coverage": UNKNOWN_TO_ALL | HOSTS,
    "collection-continuity": {f"node/{host}:9100" for host in HOSTS},
    **dict.fromkeys(("history-depth", "clocks-agree", "units-healthy", "operations-stable", "predictability"), HOSTS),
    "alerts-actionable": {"CPU"},
    "alert-noise": {"BoutiqueStuck [page]"},
    "rules-healthy": {"CPU"},
    "incidents-recurring": {"cause 0", "cause 1", "cause 2"},
    "jobs-mastered": {f"{host}: menage.sh" for host in HOSTS},
}

SUBJECTS = {"mature": MATURE, "half-way": HALF_WAY, "chaotic": CHAOTIC}

CONTRADICTIONS = {
    "mature": set(),
    "half-way": {
        ("cost-visible", "postgresql"),
        ("knowledge-shared", "boutique"),
        ("provider-access", "InfoServ on db1"),
    },
    "chaotic": set(),
}
"""Statements that a measurement disproves: a bill that is off, a deputy who never answers, sessions at night."""

SAID = {
    "mature": set(),
    "half-way": {
        "InfoServ: in the contract and seen by nobody: old1.",
        "postgresql: nobody is accountable for incident, recovery, compliance.",
        "postgresql: promised 99.9 %, measured 98.5 %.",
        "InfoServ: budget_deviation at 22 %, target 15 %.",
        "InfoServ: sessions outside the agreed hours or addresses: db1 2026-11-19 03h 198.51.100.7.",
        "InfoServ: the bill is 200 % off the hosts seen.",
        "steering_committee InfoServ: last held on 2025-07-11, due every 90 days.",
        "InfoServ: no open format of handing over is agreed.",
        "InfoServ: no documentation is handed over.",
        "InfoServ: leaving was not rehearsed within two years.",
        "Open for three scans, without a decision: patching.",
        "Alerts that nobody owns: Ping.",
    },
    "chaotic": {
        "postgresql: nobody is accountable for patching, access, incident, recovery, monitoring, compliance.",
        "InfoServ: first_level at 0 % as tickets tell, target 85 %.",
        "steering_committee: never held, due every 90 days.",
        "InfoServ: no clause says how one leaves.",
        "InfoServ: no notice is agreed.",
        "InfoServ: no open format of handing over is agreed.",
        "InfoServ: nothing says that the data are ours.",
        "InfoServ: no documentation is handed over.",
        "InfoServ: leaving was not rehearsed within two years.",
        "Alerts that nobody owns: CPU.",
    },
}
"""Lines of the lenses that say that something is wrong."""
