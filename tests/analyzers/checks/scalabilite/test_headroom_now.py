from __future__ import annotations

from analyzers.checks.scalabilite.headroom_now import CHECK
from tests import builders as b


def server(**cpu: float):
    def said(query_id, values):
        return b.query(query_id, *(({"instance": f"{host}:9100", "mountpoint": "/"}, each) for host, each in values))

    low = [(host, 0.1) for host in cpu]
    return b.monitoring(
        b.uname(*cpu),
        said("headroom.cpu_p95", cpu.items()),
        said("headroom.memory_p95", low),
        said("headroom.disk_used", low),
    )


def test_hosts_at_their_limit_are_named() -> None:
    found = b.answer(CHECK, monitoring=server(web1=0.2, db1=0.95))
    assert str(found.message) == ("1 of 2 hosts are known to have headroom on processor, memory and disks.")
    assert found.subjects == ("db1",)


def test_a_host_alone_leaves_the_answer_open_and_shows_what_it_saw() -> None:
    host = b.host("web1", inventory=b.inventory(), pressure=b.pressure())
    finding = b.finding(CHECK, host)
    assert (finding.outcome, finding.reason, finding.interval.low, finding.interval.high) == (
        "measured",
        "partial",
        0,
        1,
    )
    assert [each.key for each in finding.evidence] == ["cpu_used_share now", "memory_used_share now", "disk_used /"]
    assert finding.subjects == ()


def test_a_full_disk_is_a_failure_whoever_says_it() -> None:
    full = b.host("db1", inventory=b.inventory(mounts=(b.mount("/srv", used=0.93),)))
    assert b.answer(CHECK, full).subjects == ("db1",)
