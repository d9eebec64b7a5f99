"""Every check that is built, in the order of the catalogue: one explicit tuple."""

from __future__ import annotations

from analyzers.checks.decision import (
    decision_log,
    risk_acceptances,
    services_valued,
    steering_committee,
)
from analyzers.checks.exploitation import (
    alert_noise,
    alerts_actionable,
    clocks_agree,
    collection_continuity,
    correlatable_labels,
    history_depth,
    jobs_mastered,
    rules_healthy,
    telemetry_coverage,
    units_healthy,
)
from analyzers.checks.gouvernance import (
    backups_present,
    certificates,
    contract_perimeter,
    exposure,
    owners_named,
    patching,
    privileged_access,
    responsibility_matrix,
    restore_proven,
    shared_accounts,
)
from analyzers.checks.lisibilite import (
    blind_spots,
    declared_flows_observed,
    endpoints_identified,
    flows_declared,
    minimal_documentation,
    services_catalogued,
    stack_heterogeneity,
    uncontrolled_dependencies,
)
from analyzers.checks.scalabilite import (
    elasticity_proven,
    headroom_now,
    saturation_events,
)
from analyzers.model.check import Check

ALL_CHECKS: tuple[Check, ...] = (
    flows_declared.CHECK,
    declared_flows_observed.CHECK,
    endpoints_identified.CHECK,
    services_catalogued.CHECK,
    stack_heterogeneity.CHECK,
    uncontrolled_dependencies.CHECK,
    minimal_documentation.CHECK,
    blind_spots.CHECK,
    headroom_now.CHECK,
    saturation_events.CHECK,
    elasticity_proven.CHECK,
    owners_named.CHECK,
    responsibility_matrix.CHECK,
    shared_accounts.CHECK,
    privileged_access.CHECK,
    patching.CHECK,
    exposure.CHECK,
    certificates.CHECK,
    backups_present.CHECK,
    restore_proven.CHECK,
    contract_perimeter.CHECK,
    decision_log.CHECK,
    services_valued.CHECK,
    risk_acceptances.CHECK,
    steering_committee.CHECK,
    telemetry_coverage.CHECK,
    collection_continuity.CHECK,
    history_depth.CHECK,
    correlatable_labels.CHECK,
    clocks_agree.CHECK,
    alerts_actionable.CHECK,
    alert_noise.CHECK,
    rules_healthy.CHECK,
    jobs_mastered.CHECK,
    units_healthy.CHECK,
)
