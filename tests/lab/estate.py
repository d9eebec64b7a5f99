"""A small company in namespaces: real servers, traffic that is hard to see, and the truth about who calls whom."""

from __future__ import annotations

import contextlib
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import yaml

from tests.lab.hosts import LabHost, lab
from tests.servers import wait_until

NAMES = ("lb1", "app1", "db1", "db2", "cache1", "dns1", "bkp1", "mon1", "client1")
DARK = "client1"
"""The host without an agent: its flows are known from the other end."""

HERE = Path(__file__).parent
POSTGRES = "postgresql@15-main"
WHERE = ":".join(("/usr/sbin", "/usr/bin", "/sbin", "/bin", *map(str, Path("/usr/lib/postgresql").glob("*/bin"))))
PROGRAMS = ("haproxy", "postgres", "redis-server", "dnsmasq", "rsync", "prometheus", "prometheus-node-exporter", "curl")


class Truth(NamedTuple):
    """A flow that is there: who calls, who is called. `caller` is empty where nobody can know its name."""

    source: str
    caller: str
    destination: str
    service: str
    port: int
    protocol: str = "tcp"


TRUTH = (
    Truth(DARK, "", "lb1", "haproxy", 80),
    Truth("lb1", "haproxy", "app1", "boutique", 8080),
    Truth("app1", "boutique", "db1", POSTGRES, 5432),
    Truth("app1", "boutique", "cache1", "redis-server", 6379),
    Truth("app1", "boutique", "dns1", "dnsmasq", 53, "udp"),
    Truth("app1", "boutique", "app1", "panier", 9000),
    Truth("db2", POSTGRES, "db1", POSTGRES, 5432),
    Truth("bkp1", "sauvegarde", "db1", "rsync", 873),
    Truth("bkp1", "facturation", "cache1", "redis-server", 6379),
    *(Truth("mon1", "prometheus", name, "prometheus-node-exporter", 9100) for name in NAMES if name != DARK),
)

ONCE = frozenset({("bkp1", "cache1")})
"""There for some milliseconds, once, then reset: that it was is known, whose it was only where the kernel traces."""


@contextlib.contextmanager
def company(folder: Path) -> Iterator[dict[str, LabHost]]:
    """Run the estate; its truth stands in ``truth.json`` of the folder. Traffic runs as soon as agents watch."""
    absent = [each for each in PROGRAMS if shutil.which(each, path=WHERE) is None]
    assert not absent, f"not installed: {', '.join(absent)}; make test installs them, or says how"
    (folder / "truth.json").write_text(json.dumps([each._asdict() for each in TRUTH], indent=1))
    with lab(folder, NAMES) as hosts:
        try:
            _serve(hosts, folder)
            _watch(hosts)
            _call(hosts)
            yield hosts
        except BaseException as error:
            error.add_note("\n".join(each.logs() for each in hosts.values()))
            raise


def _serve(hosts: dict[str, LabHost], folder: Path) -> None:
    _databases(hosts)
    cache, names, web, shop = hosts["cache1"], hosts["dns1"], hosts["lb1"], hosts["app1"]
    cache.start(
        "redis-server", "--bind", "0.0.0.0", "--protected-mode", "no", "--save", "", unit="redis-server.service"
    )
    records = [f"--address=/{name}.lab/{host.address}" for name, host in hosts.items()]
    names.start("dnsmasq", "--no-daemon", "--no-resolv", "--no-hosts", "--user=root", *records, unit="dnsmasq.service")
    shop.start(sys.executable, HERE / "panier.py", unit="panier.service")
    # The shop runs in nobody's unit: its script names it.
    shop.start(sys.executable, HERE / "boutique.py")
    config = folder / "lb1/haproxy.cfg"
    config.write_text(
        "defaults\n mode http\n timeout connect 5s\n timeout client 30s\n timeout server 30s\n"
        f"listen shop\n bind 0.0.0.0:80\n server app1 {shop.address}:8080\n"
    )
    web.start("haproxy", "-f", config, unit="haproxy.service")
    watched = [host for name, host in hosts.items() if name != DARK]
    for host in watched:
        host.start("prometheus-node-exporter", unit="prometheus-node-exporter.service")
    targets = [{"targets": [f"{host.address}:9100" for host in watched]}]
    monitor = hosts["mon1"]
    jobs = [{"job_name": "node", "static_configs": targets}]
    (monitor.folder / "p.yml").write_text(yaml.safe_dump({"global": {"scrape_interval": "1s"}, "scrape_configs": jobs}))
    data = f"--storage.tsdb.path={monitor.folder}/data"
    monitor.start("prometheus", f"--config.file={monitor.folder}/p.yml", data, unit="prometheus.service")
    for name, port in (("cache1", 6379), ("lb1", 80), ("app1", 8080), ("app1", 9000), ("db1", 5432), ("db1", 873)):
        wait_until(lambda: hosts[name].listens(port), f"{name}:{port}")  # noqa: B023 - asked at once


def _databases(hosts: dict[str, LabHost]) -> None:
    primary, replica = hosts["db1"], hosts["db2"]
    programs = Path(shutil.which("postgres", path=WHERE) or "").parent
    data = primary.folder / "data"
    for host in (primary, replica):
        shutil.chown(host.folder, "postgres")
    words = [programs / "initdb", "-D", data, "-A", "trust", "-N"]
    subprocess.run(["runuser", "-u", "postgres", "--", *map(str, words)], check=True, capture_output=True, cwd="/")
    with (data / "pg_hba.conf").open("a") as rules:
        rules.write("host all all 10.77.0.0/24 trust\nhost replication all 10.77.0.0/24 trust\n")
    # A cold copy of a database that never ran: no program had to call the primary for it.
    subprocess.run(["cp", "-a", str(data), str(replica.folder / "data")], check=True)
    (replica.folder / "data/standby.signal").touch()
    with (replica.folder / "data/postgresql.conf").open("a") as settings:
        settings.write(f"primary_conninfo = 'host={primary.address} user=postgres'\n")
    for host in (primary, replica):
        argv = [programs / "postgres", "-D", host.folder / "data", "-k", host.folder, "-c", "listen_addresses=*"]
        host.start(
            "setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", *argv, unit=f"{POSTGRES}.service"
        )
    module = primary.folder / "rsyncd.conf"
    module.write_text(f"use chroot = no\n[dump]\npath = {primary.folder / 'data' / 'base'}\nuid = root\n")
    primary.start("rsync", "--daemon", "--no-detach", f"--config={module}", unit="rsync.service")


def _watch(hosts: dict[str, LabHost]) -> None:
    for name, host in hosts.items():
        if name != DARK:
            argv = [sys.executable, "-m", "agent", "agent", "--interval", "1s", "--state", host.folder / "state"]
            host.start(*argv, unit="pasencore-agent.service", environment={"PYTHONPATH": str(HERE.parent.parent)})
    for name, host in hosts.items():
        if name != DARK:
            wait_until(lambda: host.listens(9477), f"agent of {name}")  # noqa: B023 - asked at once


def _call(hosts: dict[str, LabHost]) -> None:
    """Start the traffic, and let it run for some looks of the agents."""
    visit = f"while :; do curl -s -o /dev/null http://{hosts['lb1'].address}/; sleep 0.3; done"
    hosts[DARK].start("sh", "-c", visit)
    script = hosts["bkp1"].folder / "sauvegarde"
    pull = f"rsync -a --bwlimit=10m rsync://{hosts['db1'].address}/dump/ ./copy"
    script.write_text(f"#!/bin/sh\nwhile :; do {pull}; sleep 1; rm -rf copy; done\n")
    script.chmod(0o755)
    hosts["bkp1"].start(script, unit="sauvegarde.service")
    time.sleep(2)
    hosts["bkp1"].run(sys.executable, HERE / "facturation.py")
    time.sleep(20)
