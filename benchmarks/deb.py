"""The Debian package, for real: built, installed in a throwaway root, run as its units confine it, purged.

``python -m benchmarks deb [ROOT]``: ROOT is a root of debootstrap to copy, made when not given (two minutes). It runs
in mount, process and network namespaces of its own, needs root, and leaves the machine as it was.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

TREE = Path(__file__).resolve().parents[1]
SUITE = "bookworm"
NEEDED = "adduser,ca-certificates,curl,procps,python3,systemd"

INSIDE = r"""
set -eu
up() { python3 -I - <<'P'
import fcntl, socket, struct
with socket.socket() as s:
    fcntl.ioctl(s, 0x8914, struct.pack("16sh", b"lo", 0x41))
P
}
up
list() {
    find / -xdev \( -path /proc -o -path /sys -o -path /dev -o -path /run -o -path /tmp -o -path /root \
        -o -path /var/cache -o -path /var/log -o -path /var/lib/dpkg -o -path /var/lib/apt \) -prune \
        -o -printf '%p %u:%g\n' | sort
}
ids() { cut -d: -f1 /etc/passwd /etc/group | sort; }
ids >/tmp/ids
install -d /var/lib/prometheus/node-exporter
list >/tmp/before

echo "-- install"
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq /tmp/pasencore.deb >/tmp/install.log 2>&1 || {
    cat /tmp/install.log; exit 1; }
dpkg -s pasencore | grep -E '^(Status|Version|Installed-Size|Depends)'
dpkg -V pasencore
cd /; pasencore --version
id pasencore
DEBIAN_FRONTEND=noninteractive dpkg -i /tmp/pasencore.deb >/dev/null 2>&1 && echo "installed twice: fine"
ls /etc/systemd/system/*/pasencore*

echo "-- units"
for unit in pasencore-agent.service pasencore-scan.service pasencore-scan.timer; do
    systemd-analyze verify --man=no /usr/lib/systemd/system/$unit && echo "verify $unit: nothing to say"
done
for unit in agent scan; do
    systemd-analyze security --offline=true /usr/lib/systemd/system/pasencore-$unit.service | tail -1
done

echo "-- agent, as its unit confines it"
units=/usr/lib/systemd/system
agent() {
    unshare --mount python3 -I /opt/confined.py "$@" 2>/tmp/agent.log & agent=$!
    for each in $(seq 100); do curl -sf http://127.0.0.1:9477/healthz >/dev/null && break; sleep 0.1; done
    for each in $(seq 300); do
        curl -sf http://127.0.0.1:9477/metrics >/tmp/metrics || { cat /tmp/agent.log; exit 1; }
        [ $(grep -c '^pasencore_collector_success' /tmp/metrics) -gt 1 ] && break
        sleep 0.1
    done
    cat /tmp/agent.log
    grep -E '^(Uid|CapEff|CapBnd|NoNewPrivs|Seccomp|VmHWM|VmRSS):' /proc/$agent/status | tr -s '\t\n' ' '; echo
    grep -c '^pasencore_' /tmp/metrics | sed 's/$/ samples in \/metrics/'
    grep '^pasencore_collector_success' /tmp/metrics | grep -c ' 1$' | sed 's/$/ collectors saw what they asked for/'
    grep '^pasencore_collector_success' /tmp/metrics | grep -v ' 1$' || true
    curl -sf http://127.0.0.1:9477/snapshot >/tmp/snapshot.json
    python3 -I - <<'P'
import json
told = json.load(open("/tmp/snapshot.json"))
host = told["hosts"][0]
for each in host["runs"]:
    if each.get("outcome", "ok") != "ok":
        hidden = each.get("could_not_see", [])
        print(" ", each["name"], each["outcome"], each.get("reason"), each.get("detail", "")[:80], hidden[:2])
print("  clock:", host.get("clock"))
print("  listeners:", *[each["service"] for each in host.get("listeners") or []])
mounts = (host.get("inventory") or {}).get("mounts", [])
print("  read-only:", [each["mountpoint"] for each in mounts if each.get("read_only")], "of", len(mounts), "mounts")
P
    kill $agent; wait $agent || true
}
agent $units/pasencore-agent.service
echo "-- agent, with attribution.conf"
agent $units/pasencore-agent.service /usr/share/doc/pasencore/examples/attribution.conf

echo "-- scan, as its unit confines it"
started=$(date +%s)
unit=$units/pasencore-scan.service
unshare --mount python3 -I /opt/confined.py $unit >/tmp/scan.txt 2>/tmp/scan.err && code=0 || code=$?
head -4 /tmp/scan.txt; cat /tmp/scan.err
echo "exit code $code, $(($(date +%s) - started)) s"
/usr/lib/pasencore/publish
ls -l /var/lib/prometheus/node-exporter; grep -c '^pasencore_' /var/lib/prometheus/node-exporter/pasencore.prom
echo "-- publish gives away nothing that pasencore may not read"
rm -f /var/lib/pasencore/scan/metrics.prom; ln -s /etc/shadow /var/lib/pasencore/scan/metrics.prom
/usr/lib/pasencore/publish 2>&1 && { echo "IT DOES"; exit 1; }
ls -A /var/lib/prometheus/node-exporter

echo "-- remove, then purge"
dpkg -r pasencore >/dev/null 2>&1; ls -d /var/lib/pasencore
dpkg -P pasencore >/dev/null 2>&1
list >/tmp/after; ids >/tmp/ids2
diff /tmp/before /tmp/after && diff /tmp/ids /tmp/ids2 && echo "nothing is left: no file, no user, no group"
"""


def main(words: list[str]) -> None:
    with tempfile.TemporaryDirectory(prefix="pasencore-root-") as name:
        root = Path(name) / "root"
        started = time.monotonic()
        if words:
            subprocess.run(["cp", "-a", words[0], root], check=True)
        else:
            bootstrap = ["debootstrap", "--variant=minbase", f"--include={NEEDED}", SUITE, str(root)]
            subprocess.run(bootstrap, check=True, stdout=subprocess.DEVNULL)
        say(f"root of {SUITE}", started)
        started = time.monotonic()
        subprocess.run([sys.executable, TREE / ".ci/deb", name], check=True)
        say("make deb", started)
        shutil.copy(next(Path(name).glob("*.deb")), root / "tmp/pasencore.deb")
        shutil.copy(TREE / "benchmarks/confined.py", root / "opt/confined.py")
        (root / "tmp/inside.sh").write_text(INSIDE)
        apart = ["unshare", "--mount", "--net", "--pid", "--uts", "--ipc", "--fork", "--kill-child"]
        bound = f"mount --bind {root} {root} && mount -t proc proc {root}/proc && exec chroot {root} sh /tmp/inside.sh"
        done = subprocess.run([*apart, "sh", "-c", bound], check=False)
        sys.exit(done.returncode)


def say(what: str, started: float) -> None:
    print(f"{what}: {time.monotonic() - started:.0f} s", flush=True)
