"""PromQL about alerts: how often they fire, whether rules evaluate, whether notifications leave."""

from __future__ import annotations

from agent.sources.prometheus.durations import duration
from agent.sources.prometheus.query import Query

WEEK_SECONDS = 604800
OF_THE_SERVER = 100
"""Series that a server and its Alertmanager have of themselves, whatever they watch: groups, integrations."""

FIRING = '(ALERTS_FOR_STATE and ignoring (alertstate) ALERTS{alertstate="firing"})[{window}:{step}]'
BEGAN_INSIDE = "(min_over_time({firing}) >= bool on () group_left () min_over_time(vector(time())[{window}:{step}]))"
STARTED = (
    '(ALERTS{alertstate="firing"} unless (ALERTS{alertstate="firing"} offset {step}))'
    " unless ignoring (alertstate) ALERTS_FOR_STATE"
)


def activations(step: str) -> Query:
    """Return the query that counts how often each alert began to fire (signal P40).

    ``ALERTS_FOR_STATE`` holds the moment at which an alert became active: each change of it, among points where the
    alert fires, is an activation, and the first one counts when it began inside the window. vmalert writes no
    ``ALERTS_FOR_STATE`` for an alert without hold time: on VictoriaMetrics the points where it starts are counted.

    Parameters
    ----------
    step
        At most the shortest time that an alert fires: the shortest interval of the rule groups.
    """
    firing = FIRING.replace("{step}", step)
    began = BEGAN_INSIDE.replace("{firing}", firing).replace("{step}", step)
    started = f"count_over_time(({STARTED.replace('{step}', step)})[{{window}}:{step}])"
    return Query(
        id="alerts.activations",
        promql=f"sum by (alertname, severity) (changes({firing}) + {began})",
        victoria=f"sum by (alertname, severity) ((changes_prometheus({firing}) + {began}) or {started})",
        windows=("7d", "1d"),
        cost=f"steps:{2 * WEEK_SECONDS // int(duration(step) or 60)}",
        gives="times that the alert began to fire in the window",
    )


ALERTS = (
    activations("1m"),
    Query(
        id="alerts.firing_share",
        promql=(
            'clamp_max(count_over_time((count by (alertname, severity) (ALERTS{alertstate="firing"}))[{window}:5m])'
            " / on () group_left () count_over_time((count(up) > 0)[{window}:5m]), 1)"
        ),
        windows=("7d", "1d"),
        cost="steps:2016",
        gives="share of the observed time in which the alert fires",
    ),
    Query(
        id="alerts.observed_seconds",
        promql="count_over_time((count(up) > 0)[{window}:5m]) * 300",
        windows=("7d", "1d"),
        cost="steps:2016",
        gives="seconds of the window in which the server collected anything",
    ),
    Query(
        id="rules.failures",
        promql="max by (rule_group) (increase(prometheus_rule_evaluation_failures_total[{window}]))",
        windows=("1d",),
        cost="scrapes",
        series=OF_THE_SERVER,
        gives="evaluations of the group that failed in the window",
    ),
    Query(
        id="rules.missed",
        promql="max by (rule_group) (increase(prometheus_rule_group_iterations_missed_total[{window}]))",
        windows=("1d",),
        cost="scrapes",
        series=OF_THE_SERVER,
        gives="evaluations of the group that were skipped in the window",
    ),
    Query(
        id="rules.duration_share",
        promql=(
            "max by (rule_group)"
            " (prometheus_rule_group_last_duration_seconds / (prometheus_rule_group_interval_seconds > 0))"
        ),
        gives="time that the last evaluation of the group took, share of its interval",
    ),
    Query(
        id="notifications.alertmanagers",
        promql=(
            "min by (instance)"
            " (avg_over_time((prometheus_notifications_alertmanagers_discovered > bool 0)[{window}:1m]))"
        ),
        windows=("1d",),
        cost="steps:1440",
        series=OF_THE_SERVER,
        gives="share of the window in which the server knew an Alertmanager",
    ),
    Query(
        id="notifications.sent",
        promql="sum by (integration) (increase(alertmanager_notifications_total[{window}]))",
        windows=("1d",),
        cost="scrapes",
        series=OF_THE_SERVER,
        gives="notifications that Alertmanager tried to send in the window",
    ),
    Query(
        id="notifications.failed",
        promql="sum by (integration) (increase(alertmanager_notifications_failed_total[{window}]))",
        windows=("1d",),
        cost="scrapes",
        series=OF_THE_SERVER,
        gives="notifications that Alertmanager failed to send in the window",
    ),
)
