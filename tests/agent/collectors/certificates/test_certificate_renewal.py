from __future__ import annotations

from pathlib import Path

import pytest

from agent.collectors.certificates import renewal
from tests.agent.collectors.fake_hosts import machine
from tests.agent.collectors.live_hosts import live

CERTBOT = {
    "/lib/systemd/system/certbot.timer": "[Timer]\nOnCalendar=*-*-* 00,12:00:00\n",
    "/lib/systemd/system/certbot.service": "[Service]\nExecStart=/usr/bin/certbot -q renew\n",
}
ENABLED = {"/etc/systemd/system/timers.target.wants/certbot.timer": "-> /lib/systemd/system/certbot.timer"}
LIVE = "/etc/letsencrypt/live/shop/fullchain.pem"
INIT = {"/proc/1/comm": "systemd\n"}


@pytest.mark.parametrize(
    ("files", "path", "expected"),
    [
        ({**CERTBOT, **ENABLED}, LIVE, True),
        (CERTBOT, LIVE, False),
        ({"/etc/cron.d/certbot": "0 */12 * * * root certbot -q renew\n"}, LIVE, True),
        ({"/var/spool/cron/crontabs/root": "@daily /usr/bin/certbot renew --quiet\n"}, LIVE, True),
        ({"/etc/cron.d/certbot": "# 0 */12 * * * root certbot -q renew\n"}, LIVE, False),
        ({"/etc/cron.weekly/renew!": "#!/bin/sh\ncertbot-auto renew\n"}, LIVE, True),
        ({"/etc/cron.d/x": "0 0 * * * root certbot certificates\n"}, LIVE, False),
        ({**CERTBOT, **ENABLED}, "/etc/ssl/bought.pem", None),
        (
            {"/var/spool/cron/crontabs/root": '7 0 * * * "/root/.acme.sh"/acme.sh --cron --home "/root/.acme.sh"\n'},
            "/root/.acme.sh/shop/fullchain.cer",
            True,
        ),
        ({}, "/root/.acme.sh/shop/fullchain.cer", False),
        ({"/etc/cron.daily/lego!": "#!/bin/sh\nlego --email a@x renew\n"}, "/etc/lego/certificates/shop.crt", True),
        (
            {"/etc/cron.d/dehydrated": "0 5 * * * root dehydrated -c\n"},
            "/var/lib/dehydrated/certs/shop/fullchain.pem",
            True,
        ),
        ({"/proc/9/comm": "caddy\n"}, "/var/lib/caddy/.local/share/caddy/certificates/acme/shop/shop.crt", True),
        ({}, "/var/lib/caddy/.local/share/caddy/certificates/acme/shop/shop.crt", False),
        ({}, "/etc/cockpit/ws-certs.d/0-self-signed.cert", True),
        ({}, "/etc/cockpit/ws-certs.d/10-own.cert", None),
    ],
)
def test_who_renews_what(tmp_path: Path, files: dict[str, str], path: str, expected: bool | None) -> None:
    assert renewal.read(machine(tmp_path, {**INIT, **files})).of(path) is expected


@pytest.mark.parametrize(("result", "works"), [("success", True), ("exit-code", False), ("timeout", False), ("", True)])
def test_a_renewal_that_failed_last_time_does_not_work(tmp_path: Path, result: str, works: bool) -> None:
    answers = {"systemctl show": f"Id=certbot.service\nResult={result}\n"}
    host = live(tmp_path, answers, {**INIT, **CERTBOT, **ENABLED, "/run/systemd/system/": ""})
    assert renewal.read(host).of(LIVE) is works
