"""systemd as its own tools describe it, old and new versions alike."""

from __future__ import annotations

from collections.abc import Sequence

from agent.collectors.machine import Machine

_VENDOR = ("/lib/systemd/", "/usr/lib/systemd/")
_MADE_AT_BOOT = ("/run/systemd/generator", "/proc/", "/dev/")

Properties = dict[str, tuple[str, ...]]
"""What ``systemctl show`` says of a unit; a property may come several times."""


def booted(machine: Machine) -> bool:
    """Tell whether systemd runs this host (sd_booted(3)); its tools may be installed where it does not."""
    return machine.exists("/run/systemd/system") and machine.which("systemctl") is not None


def show(machine: Machine, units: Sequence[str], properties: Sequence[str]) -> tuple[Properties, ...] | None:
    """Return properties of loaded units, by names or patterns, times in UTC; None when systemd does not answer."""
    if not units:
        return ()
    asked = f"--property={','.join(properties)}"
    text = machine.run(["env", "TZ=UTC", "systemctl", "show", "--no-pager", asked, "--", *units], limit=8.0)
    return None if text is None else parse_show(text)


def parse_show(text: str) -> tuple[Properties, ...]:
    """Return one mapping a unit from the blocks that ``systemctl show`` prints."""
    found: list[Properties] = [{}]
    for line in text.splitlines():
        name, equals, value = line.partition("=")
        if not line.strip():
            found.append({})
        elif equals:
            found[-1][name] = (*found[-1].get(name, ()), value)
    return tuple(each for each in found if each)


def first(properties: Properties, name: str) -> str:
    """Return the value of a property, empty when it was not given."""
    return properties.get(name, ("",))[0]


def packaged_file(fragment: str) -> bool | None:
    """Tell whether a unit file comes from a package, by where it lies; None for units without a file of their own."""
    if not fragment or fragment.startswith(_MADE_AT_BOOT):
        return None
    return fragment.startswith(_VENDOR)
