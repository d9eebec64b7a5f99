"""A host studied: its trouble is found and its batch is not, from the past only."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from analyzers.measures.decode.block import Block, joined
from analyzers.measures.history.grid import grid_of
from analyzers.measures.history.study import Plan, study
from tests.analyzers.measures.history.blocks import DAY, START, block, host


def plan_of(read: Block, **fields):
    return Plan(grid=grid_of(read.start, read.end, 300), start=read.start, end=read.end, **fields)


def studied(read: Block, **fields):
    (found,) = study([read], plan_of(read, **fields))
    return found


def begins(found):
    return [(each.start.timestamp() * 1000 - START) / DAY for each in found.episodes if each.kind == "deviation"]


@pytest.mark.parametrize("seed", range(3))
def test_trouble_is_an_episode_and_the_batch_is_none(seed):
    found = studied(host(trouble=(10.6, 16.1), seed=seed))
    assert begins(found) == pytest.approx([10.6, 16.1], abs=0.01)
    assert found.history.judged_days == pytest.approx(14, abs=0.01)
    assert found.history.per_week == pytest.approx(1)


def test_an_episode_says_which_series_and_how_far():
    (episode,) = studied(host(trouble=(10.6,))).episodes
    assert episode.host == "web1"
    assert len(episode.series) == 3
    for each in episode.series:
        assert each.usual == pytest.approx(3, abs=0.5)
        assert each.seen > 12


def test_the_future_changes_no_alert_of_the_past():
    read = host(trouble=(10.6, 16.1))
    values = read.values.reshape(6, -1).copy()
    values[:, values.shape[1] * 3 // 4 :] *= -7
    later = replace(read, values=values.ravel())
    cut = START + 15 * DAY
    for detector, alerts in studied(read).judged.alerts.items():
        other = studied(later).judged.alerts[detector]
        assert [each for each in alerts if each[1] < cut] == [each for each in other if each[1] < cut]


def test_a_flat_series_changes_nothing():
    read = host(trouble=(10.6,))
    points = len(read.timestamps) // 6
    labels = {"__name__": "flat", "instance": "web1:9100"}
    flat = replace(
        read,
        labels=(labels,),
        offsets=np.array([0, points]),
        timestamps=read.timestamps[:points],
        values=np.full(points, 5.0),
    )
    assert studied(joined([read, flat])).judged == studied(read).judged


def test_an_unknown_unit_changes_nothing():
    read = host(trouble=(10.6,))
    assert begins(studied(replace(read, values=read.values * 1024 + 512))) == begins(studied(read))


def test_a_week_is_too_short_to_judge():
    found = studied(host(days=7))
    assert found.judged is None
    assert found.history.per_week is None
    assert found.history.judged_days == 0


def test_a_constant_host_has_no_episode():
    read = host(days=14)
    found = studied(replace(read, values=np.full_like(read.values, 3.0)))
    assert found.episodes == ()
    assert all(each.constant for each in found.series)


def test_hosts_are_studied_apart_whatever_the_blocks():
    one, two = host("a", trouble=(10.6,)), host("b", seed=1)
    together = study([joined([one, two])], plan_of(one))
    assert [each.history.host for each in together] == ["a", "b"]
    assert together == study([two, one], plan_of(one))


def test_a_restart_is_seen_in_the_boot_time():
    boot = {"__name__": "node_boot_time_seconds", "instance": "web1:9100"}
    samples = [(START + each * 300_000, 1e9 + (0.4 * (each % 2)) + 5000 * (each >= 50)) for each in range(100)]
    (found,) = study([block([(boot, samples)])], plan_of(host(days=1)))
    assert found.restarts == (START + 50 * 300_000,)


def test_cores_are_one_series():
    read = host(days=14, series=4)
    labels = tuple(
        {"__name__": "node_cpu_seconds_total", "cpu": str(each), "mode": "user", "instance": "web1:9100"}
        for each in range(4)
    )
    values = read.values.reshape(4, -1).cumsum(axis=1).ravel()
    found = studied(replace(read, labels=labels, values=values))
    assert len(found.series) == 4
    assert {name for each in found.episodes for name in (one.series for one in each.series)} <= {
        'node_cpu_seconds_total{mode="user"}'
    }


def test_a_gauge_that_stands_still_is_told_and_not_counted():
    read = host(days=14)
    values = read.values.reshape(6, -1).copy()
    values[2, 2600:2700] = values[2, 2600]
    found = studied(replace(read, values=values.ravel()))
    stuck = [each for each in found.episodes if each.kind == "stuck"]
    assert [each.series[0].series for each in stuck] == ["m2"]
    assert found.history.episodes == len(found.episodes) - 1


def test_planted_faults_grow_with_the_noise():
    quiet = host(days=14, series=1)
    loud = replace(quiet, values=3 + (quiet.values - 3) * 10)
    small, large = ({each.shape: each for each in studied(each, plant=True).minimums} for each in (quiet, loud))
    assert set(small) == {"spike", "step", "drift", "stuck", "dropout"}
    for shape in ("spike", "step", "drift"):
        assert small[shape].half <= small[shape].most
        assert large[shape].half == pytest.approx(10 * small[shape].half, rel=0.5)
    assert small["dropout"].half == 750
    assert small["stuck"].half >= 3600
