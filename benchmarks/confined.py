"""Run the ExecStart of a unit as systemd would confine it, without systemd: ``python3 confined.py UNIT [DROP-IN]``.

Standard library only: it runs in a root where nothing else is. The user, its capabilities, no new privilege, the
filter of system calls and of address families, no writable code, and the file system read-only but for the state.
MemoryMax, TasksMax and devices are left to systemd.
"""

from __future__ import annotations

import ctypes
import errno
import os
import shlex
import subprocess
import sys
from pathlib import Path

FAMILIES = {"AF_UNIX": 1, "AF_INET": 2, "AF_INET6": 10, "AF_NETLINK": 16}
PR_SET_MDWE = 65
MS_REMOUNT, MS_BIND, MS_RDONLY = 32, 4096, 1
ALLOW, REFUSE = 0x7FFF0000, 0x00050000
SCMP_CMP_EQ = 4


class Compare(ctypes.Structure):
    """``struct scmp_arg_cmp`` of libseccomp."""

    _fields_ = (
        ("arg", ctypes.c_uint),
        ("op", ctypes.c_int),
        ("a", ctypes.c_uint64),
        ("b", ctypes.c_uint64),
    )


def main() -> None:
    settings = parse(sys.argv[1:])
    if "--inside" in sys.argv:
        inside(settings)
    user = settings["User"][-1]
    read_only(Path("/var/lib") / settings["StateDirectory"][-1])
    granted = settings["AmbientCapabilities"][-1].lower().replace("cap_", "+").split()
    caps = ",".join(["-all", *granted])
    rights = [f"--bounding-set={caps}", f"--inh-caps={caps}", f"--ambient-caps={caps}"]
    names = [f"--reuid={user}", f"--regid={user}", "--clear-groups", "--no-new-privs"]
    again = [sys.executable, "-I", __file__, *sys.argv[1:], "--inside"]
    os.execvp("setpriv", ["setpriv", *names, *rights, *again])


def parse(paths: list[str]) -> dict[str, list[str]]:
    """Return the values of each setting, in order; an empty one counts."""
    found: dict[str, list[str]] = {}
    for path in paths:
        if path.startswith("--"):
            continue
        for line in Path(path).read_text().splitlines():
            name, equals, value = line.partition("=")
            if equals and not line.startswith("#"):
                found.setdefault(name, []).append(value)
    return found


def read_only(state: Path) -> None:
    """Make the file system of this mount namespace read-only but for the state and /tmp."""
    subprocess.run(["mount", "--bind", state, state], check=True)
    subprocess.run(["mount", "-t", "tmpfs", "tmpfs", "/tmp"], check=True)
    subprocess.run(["mount", "-o", "remount,bind,ro", "/"], check=True)


def inside(settings: dict[str, list[str]]) -> None:
    """Close the last doors, and become the program."""
    allowed = calls(settings["SystemCallFilter"])
    library = ctypes.CDLL(None, use_errno=True)
    if library.prctl(PR_SET_MDWE, 1, 0, 0, 0):
        print("this kernel cannot refuse writable code (6.3 can): not tried", file=sys.stderr)
    words = shlex.split(settings["ExecStart"][-1])
    options = [each for each in words if not each.startswith("$")]
    environment = dict(each.split("=", 1) for line in settings["Environment"] for each in line.split())
    os.umask(int(settings["UMask"][-1], 8))
    seal(allowed, [FAMILIES[each] for each in settings["RestrictAddressFamilies"][-1].split()])
    os.execve(options[0], options, {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", **environment})


def calls(filters: list[str]) -> set[str]:
    """Return the names of the system calls that are allowed, groups taken apart by systemd-analyze."""
    allowed: set[str] = set()
    for each in filters:
        names = {name for word in each.lstrip("~").split() for name in expand(word)}
        allowed = allowed - names if each.startswith("~") else allowed | names
    return allowed | expand("@default")


def expand(word: str) -> set[str]:
    if not word.startswith("@"):
        return {word}
    done = subprocess.run(["systemd-analyze", "syscall-filter", word], check=True, capture_output=True, text=True)
    lines = [line.strip() for line in done.stdout.splitlines()[1:]]
    return {name for line in lines if line and not line.startswith("#") for name in expand(line)}


def seal(allowed: set[str], families: list[int]) -> None:
    """Load the filter; what is refused fails with EPERM, as SystemCallErrorNumber says."""
    library = ctypes.CDLL("libseccomp.so.2")
    library.seccomp_init.restype = ctypes.c_void_p
    context = ctypes.c_void_p(library.seccomp_init(ctypes.c_uint32(REFUSE | errno.EPERM)))
    for name in sorted(allowed - {"socket"}):
        number = library.seccomp_syscall_resolve_name(name.encode())
        if number >= 0:
            library.seccomp_rule_add(context, ctypes.c_uint32(ALLOW), number, 0)
    number = library.seccomp_syscall_resolve_name(b"socket")
    for family in families:
        rule = (Compare * 1)(Compare(0, SCMP_CMP_EQ, family, 0))
        library.seccomp_rule_add_array(context, ctypes.c_uint32(ALLOW), number, 1, rule)
    if library.seccomp_load(context):
        sys.exit("the filter of system calls could not be loaded")


if __name__ == "__main__":
    main()
