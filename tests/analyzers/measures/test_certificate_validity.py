from __future__ import annotations

import pytest

from analyzers.measures.certificates import CERTIFICATES_OF_A_SOURCE, EXPIRY, validity
from analyzers.model.facts import Certificate
from analyzers.model.interval import UNKNOWN, Interval
from tests import builders as b

YES, NO = Interval.point(1), Interval.point(0)


def certificate(days=90.0, path="/etc/ssl/web.pem", **fields) -> Certificate:
    return Certificate(path=path, subject="CN=boutique.dupont.example", not_after=b.days_ago(-days), **fields)


def members(*found, **sources):
    return b.by_name(validity(b.estate(b.host("web1", certificates=found), **sources)))


@pytest.mark.parametrize(
    ("days", "renewal", "value"),
    [
        (90, None, YES),
        (21.01, False, YES),
        (21, False, NO),
        (21, None, UNKNOWN),
        (5, True, YES),
        (0, True, NO),
        (-3, True, NO),
        (-3, None, NO),
    ],
)
def test_a_configured_certificate(days, renewal, value) -> None:
    found = members(certificate(days, renewal=renewal))["web1 /etc/ssl/web.pem"]
    assert (found.measured, found.reason) == (value, "partial" if value == UNKNOWN else None)
    assert [each.key for each in found.evidence] == ["expires", "renewed_automatically"]


@pytest.mark.parametrize(
    ("fields", "count"),
    [
        ({"authority": True}, 0),
        ({"path": "/etc/ssl/certs/ssl-cert-snakeoil.pem"}, 0),
        ({"path": "/etc/ssl/certs/ssl-cert-snakeoil.pem", "used_by": ("nginx",)}, 1),
        ({"self_signed": True}, 1),
    ],
)
def test_authorities_and_unused_self_tests_are_left_out(fields, count) -> None:
    assert len(members(certificate(**fields))) == count


def test_one_file_is_one_certificate_the_first_to_expire() -> None:
    assert members(certificate(90), certificate(2))["web1 /etc/ssl/web.pem"].measured == UNKNOWN


def test_a_certificate_weighs_as_the_service_that_serves_it() -> None:
    context = b.context(services=(b.service("nginx", criticality=5),))
    found = members(certificate(used_by=("nginx", "unheard-of")), context=context)["web1 /etc/ssl/web.pem"]
    assert (found.weight, found.services, found.hosts) == (5, ("nginx",), ("web1",))


PROBED = "https://boutique.dupont.example"


def probed(*samples, reason=None):
    return b.monitoring(b.query(EXPIRY, *samples, reason=reason))


@pytest.mark.parametrize(
    ("days", "measured", "reason"), [(21.5, YES, None), (21.0, NO, None), (-1.0, NO, None), (None, None, "partial")]
)
def test_a_certificate_that_a_probe_sees(days, measured, reason) -> None:
    found = members(monitoring=probed(({"instance": PROBED}, days)))[PROBED]
    assert (found.measured, found.reason, found.weight) == (measured, reason, 3)
    assert found.evidence[0].provenance.query == f"promql of {EXPIRY}"


def test_a_probe_is_tied_to_the_host_that_it_names() -> None:
    assert members(monitoring=probed(({"instance": "https://web1:8443/x"}, 50.0)))["https://web1:8443/x"].hosts == (
        "web1",
    )


def test_probes_that_did_not_answer_may_have_seen_the_worst() -> None:
    found = members(certificate(), monitoring=probed(reason="timed_out"))
    assert found[EXPIRY].weight == 3 * CERTIFICATES_OF_A_SOURCE
    assert (found[EXPIRY].measured, found[EXPIRY].reason) == (None, "timed_out")


def test_a_server_without_probes_adds_nothing() -> None:
    assert members(monitoring=b.monitoring()).keys() == members(monitoring=probed()).keys() == set()


def test_a_dark_host_weighs_as_much_as_the_certificates_it_may_hold() -> None:
    (found,) = validity(b.estate(b.refused("web1"))).members
    assert (found.weight, found.reason) == (3 * CERTIFICATES_OF_A_SOURCE, "no_permission")


def test_hosts_that_serve_none_are_not_concerned() -> None:
    population = validity(b.estate(b.host("web1", certificates=())))
    assert (population.members, population.complete) == ((), True)
