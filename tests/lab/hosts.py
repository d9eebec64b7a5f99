"""Hosts made of namespaces on one bridge: network, processes, names and mounts of their own, one kernel.

Everything lives below one process a host, PID 1 of its namespace: when it dies, the kernel ends all that it started.
It dies with the test, however the test ends.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.servers import wait_until

NETWORK = "10.77.0"
SETUP = """
set -e
hostname "$1"
ip link set lo up
for each in all default; do echo 1 > /proc/sys/net/ipv6/conf/$each/disable_ipv6 || true; done
[ ! -e /etc/machine-id ] || mount --bind "$2/machine-id" /etc/machine-id
mount --bind "$2/hosts" /etc/hosts
mount -t tmpfs none /run
: > "$2/ready"
exec sleep infinity
"""
ENTER = 'echo 0 > "$1/cgroup.procs" 2> /dev/null || true; shift; exec "$@"'


@dataclass
class LabHost:
    """One host: the process that holds its namespaces, its address, its folder."""

    name: str
    address: str
    folder: Path
    holder: subprocess.Popen[bytes]
    init: int
    cgroup: Path | None
    started: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def words(self, *argv: str | Path, unit: str = "") -> list[str]:
        """Return the command that runs a program on this host, in the cgroup of a unit where cgroups v2 are ours."""
        place = self.cgroup / "system.slice" / unit if self.cgroup is not None and unit else None
        if place is not None:
            place.mkdir(parents=True, exist_ok=True)
        entered = ["nsenter", "-t", str(self.init), "-n", "-u", "-m", "-p", "--"]
        return [*entered, "sh", "-c", ENTER, "sh", str(place or "/nowhere"), *map(str, argv)]

    def start(self, *argv: str | Path, unit: str = "", environment: Mapping[str, str] | None = None) -> None:
        """Start a program that stays."""
        with (self.folder / f"log.{len(self.started)}").open("wb") as log:
            process = subprocess.Popen(
                self.words(*argv, unit=unit),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.folder,
                env={**os.environ, **(environment or {})},
            )
        self.started.append(process)

    def run(self, *argv: str | Path, unit: str = "") -> bytes:
        """Run a program to its end, and return what it printed."""
        words = self.words(*argv, unit=unit)
        return subprocess.run(words, check=True, capture_output=True, timeout=60, cwd=self.folder).stdout

    def listens(self, port: int) -> bool:
        """Tell whether some socket of this host listens on a TCP port."""
        rows = Path(f"/proc/{self.init}/net/tcp").read_text().splitlines()[1:]
        rows += Path(f"/proc/{self.init}/net/tcp6").read_text().splitlines()[1:]
        return any(row.split()[1].endswith(f":{port:04X}") and row.split()[3] == "0A" for row in rows)

    def logs(self) -> str:
        """Return what its programs printed, for a test that fails."""
        files = sorted(self.folder.glob("log.*"))
        return "\n".join(f"--- {self.name} {each.name}\n{each.read_text('utf-8', 'replace')[-1500:]}" for each in files)


@contextlib.contextmanager
def lab(folder: Path, names: Sequence[str]) -> Iterator[dict[str, LabHost]]:
    """Give hosts on a bridge of their own; they see each other by name, and nothing else sees them.

    Raises
    ------
    PermissionError
        When namespaces may not be made: this needs root.
    """
    if os.geteuid() != 0:
        message = "the lab makes network, process and mount namespaces: run the tests as root, or under unshare -rm"
        raise PermissionError(message)
    cgroups = _cgroups()
    with contextlib.ExitStack() as stack:
        if cgroups is not None:
            stack.callback(_remove, cgroups)
        switch = _hold(stack, ["--net", "sleep", "infinity"])
        bridge = _init(switch)
        _ip(bridge, "link", "add", "bridge0", "type", "bridge")
        _ip(bridge, "link", "set", "bridge0", "up")
        hosts = {}
        for rank, name in enumerate(names, 11):
            place = cgroups / name if cgroups is not None else None
            hosts[name] = _host(stack, folder / name, name, f"{NETWORK}.{rank}", names, place)
            _plug(hosts[name], bridge, rank)
        yield hosts


def _host(
    stack: contextlib.ExitStack, folder: Path, name: str, address: str, names: Sequence[str], cgroup: Path | None
) -> LabHost:
    folder.mkdir()
    folder.chmod(0o755)
    known = "".join(f"{NETWORK}.{rank} {each}.lab {each}\n" for rank, each in enumerate(names, 11))
    (folder / "hosts").write_text(f"127.0.0.1 localhost\n{known}")
    (folder / "machine-id").write_text(f"{name.encode().hex():0>32}\n")
    if cgroup is not None:
        cgroup.mkdir()
    made = ["--net", "--uts", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "--propagation", "private"]
    holder = _hold(stack, [*made, "sh", "-c", SETUP, "sh", name, str(folder)])
    wait_until(lambda: (folder / "ready").exists() or holder.poll() is not None, f"host {name}")
    host = LabHost(name, address, folder, holder, _init(holder), cgroup)
    stack.callback(_end, host)
    return host


def _hold(stack: contextlib.ExitStack, words: Sequence[str]) -> subprocess.Popen[bytes]:
    """Start a process that holds namespaces, and dies with this one."""
    process = subprocess.Popen(["setpriv", "--pdeathsig", "KILL", "unshare", *words], stdin=subprocess.DEVNULL)

    def stop() -> None:
        process.kill()
        process.wait()

    stack.callback(stop)
    return process


def _init(holder: subprocess.Popen[bytes]) -> int:
    """Return PID 1 of a host, as this machine numbers it; without a fork it is the holder itself."""
    children = Path(f"/proc/{holder.pid}/task/{holder.pid}/children")
    wait_until(
        lambda: "unshare" not in Path(f"/proc/{holder.pid}/comm").read_text() or children.read_text(), "namespaces"
    )
    time.sleep(0.05)
    found = children.read_text().split()
    return int(found[0]) if found else holder.pid


def _plug(host: LabHost, bridge: int, rank: int) -> None:
    port = f"port{rank}"
    _ip(bridge, "link", "add", port, "type", "veth", "peer", "name", "eth0", "netns", str(host.init))
    _ip(bridge, "link", "set", port, "master", "bridge0", "up")
    _ip(host.init, "addr", "add", f"{host.address}/24", "dev", "eth0")
    _ip(host.init, "link", "set", "eth0", "up")


def _ip(pid: int, *words: str) -> None:
    subprocess.run(["nsenter", "-t", str(pid), "-n", "ip", *words], check=True, capture_output=True)


def _end(host: LabHost) -> None:
    host.holder.kill()
    host.holder.wait()
    for each in host.started:
        each.kill()
        each.wait()


def _cgroups() -> Path | None:
    """Return a folder of our own in cgroups v2, None where this machine does not let us make one."""
    for root in (Path("/sys/fs/cgroup/unified"), Path("/sys/fs/cgroup")):
        if not (root / "cgroup.procs").exists():
            continue
        mine = root / f"lab-{os.getpid()}"
        with contextlib.suppress(OSError):
            mine.mkdir()
            return mine
    return None


def _remove(folder: Path) -> None:
    """Remove a tree of cgroups, the deepest first; the kernel needs a moment to see that they are empty."""

    def gone() -> bool:
        for path, _, _ in os.walk(folder, topdown=False):
            with contextlib.suppress(OSError):
                Path(path).rmdir()
        return not folder.exists()

    with contextlib.suppress(TimeoutError):
        wait_until(gone, "cgroups removed", 5)
