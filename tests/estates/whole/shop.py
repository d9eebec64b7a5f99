"""A shop with one server: no provider, no Prometheus, no git, no tickets, nothing written."""

from __future__ import annotations

from analyzers.model import facts
from analyzers.model.snapshot import Origin, Snapshot
from tests import builders as b

ADDRESS = "192.168.1.10"


def host() -> facts.Host:
    """Return the server, read as root: a web shop with its database, and a backup to a disk that stays there."""
    services = (("nginx", 443), ("mariadbd", 3306), ("ssh", 22))
    owner = facts.Account(
        name="julie", uid=1000, interactive=True, groups=("sudo",), home="/home/julie", last_login=b.TODAY,
        login_days_90d=30, distinct_sources_90d=1, keys=0,
    )  # fmt: skip
    return b.host(
        "shop",
        addresses=(ADDRESS,),
        inventory=b.inventory(mounts=(b.mount(used=0.6),)),
        listeners=tuple(
            b.listener(name, port, address="127.0.0.1" if name == "mariadbd" else "0.0.0.0") for name, port in services
        ),
        connections=(b.connection(ADDRESS, 3306, service="nginx", local_address=ADDRESS),),
        flow_watch=facts.FlowWatch(since=b.days_ago(0.01), polls=1),
        units=tuple(b.unit(f"{name}.service") for name, _ in services),
        jobs=(
            b.job("sauvegarde.sh", user="julie", personal=True, packaged=False, versioned=False),
            b.job("logrotate", packaged=True),
        ),
        packages=facts.Packages(
            manager="dpkg", installed=420, pending=(), lists_updated_at=b.days_ago(1),
            last_security_upgrade_at=b.days_ago(9), automatic_updates=True, reboot_required=False,
        ),
        clock=b.clock(source="systemd-timesyncd", servers=1),
        access=facts.Access(
            accounts=(facts.Account(name="root", uid=0, interactive=True, system=True, home="/root", keys=0), owner),
            sudo_rules=(facts.SudoRule(who="julie"),),
            sshd=facts.SshPolicy(permit_root_login="no", password_authentication=True, effective=True),
            sshd_present=True,
            authorized_keys=(),
            sessions=(facts.Session(account="julie", day=b.TODAY, source="192.168.1.20"),),
        ),
        firewall=facts.Firewall(kind="nftables", active=True, default_drop=True, open_ports=("tcp/22", "tcp/443")),
        backups=(),
        certificates=(
            facts.Certificate(
                path="/etc/letsencrypt/live/shop/fullchain.pem", subject="shop.example",
                not_after=b.NOW.replace(year=2027, month=1), renewal=True, used_by=("nginx",),
            ),
        ),
        logs=facts.Logs(journal=True, persistent=True, oldest_entry=b.days_ago(40), admin_trail=False),
        configuration=(),
        agents=(),
        pressure=b.pressure(),
    )  # fmt: skip


def snapshot() -> Snapshot:
    """Return what one scan of the server gives."""
    return b.snapshot(host(), origins=(Origin(kind="host", where="shop"),))
