"""Who owns a file of the host: a package, a version-controlled folder."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import PurePosixPath

from agent.collectors.machine import Machine

_DPKG_LISTS = "/var/lib/dpkg/info"
_RPM_DATABASES = ("/var/lib/rpm", "/usr/lib/sysimage/rpm")
_MERGED = ("/bin/", "/sbin/", "/lib/")
_REPOSITORIES = (".git", ".hg")


def packaged_files(machine: Machine, files: Collection[str]) -> Mapping[str, bool]:
    """Return, for each file, whether a package owns it; files are missing where no package manager says.

    One pass over dpkg's lists whatever the number of files; rpm is asked once for all of them.
    """
    if not files:
        return {}
    if machine.exists(_DPKG_LISTS):
        owned = _owned_by_dpkg(machine, files)
        return {each: each in owned for each in files}
    if any(machine.exists(each) for each in _RPM_DATABASES):
        return _asked_of_rpm(machine, sorted(files))
    return {}


def versioned(machine: Machine, file: str) -> bool:
    """Tell whether a file lies in a version-controlled folder, such as /etc under etckeeper."""
    return any(
        machine.exists(str(parent / repository))
        for parent in PurePosixPath(file).parents
        for repository in _REPOSITORIES
    )


def _owned_by_dpkg(machine: Machine, files: Collection[str]) -> frozenset[str]:
    """Return which files dpkg installed; its lists may name the place of a file before /usr was merged."""
    wanted = {name.encode(): file for file in files for name in _names(file)}
    found: set[str] = set()
    for name in machine.list(_DPKG_LISTS):
        if name.endswith(".list"):
            try:
                lines = machine.path(f"{_DPKG_LISTS}/{name}").read_bytes().split(b"\n")
            except OSError:
                continue
            found.update(wanted[each] for each in wanted.keys() & set(lines))
    return frozenset(found)


def _names(file: str) -> tuple[str, ...]:
    bare = file.removeprefix("/usr")
    return (file, bare) if file.startswith("/usr/") and bare.startswith(_MERGED) else (file, f"/usr{file}")


def _asked_of_rpm(machine: Machine, files: list[str]) -> Mapping[str, bool]:
    """Return rpm's answers, one line a file in their order; it exits with the number of files that nobody owns."""
    script = 'rpm -qf --queryformat "%{NAME}\\n" -- "$@" 2>&1; true'
    lines = (machine.run(["sh", "-c", script, "rpm", *files], limit=8.0) or "").splitlines()
    if len(lines) != len(files):
        return {}
    return {file: " " not in line for file, line in zip(files, lines, strict=True)}
