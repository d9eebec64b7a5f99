"""Is this a machine, a virtual one, a container?"""

from __future__ import annotations

import re

from agent.collectors.machine import Machine

_FIRMWARE: tuple[tuple[str, str], ...] = (
    ("KVM", "kvm"),
    ("OpenStack", "kvm"),
    ("KubeVirt", "kvm"),
    ("Amazon EC2", "amazon"),
    ("QEMU", "qemu"),
    ("VMware", "vmware"),
    ("VMW", "vmware"),
    ("innotek GmbH", "oracle"),
    ("VirtualBox", "oracle"),
    ("Xen", "xen"),
    ("Bochs", "bochs"),
    ("Parallels", "parallels"),
    ("BHYVE", "bhyve"),
    ("Hyper-V", "microsoft"),
    ("Virtual Machine", "microsoft"),
    ("Google Compute Engine", "google"),
    ("Apple Virtualization", "apple"),
)
"""What the firmware says, and the word of systemd-detect-virt(1) for it."""

_CONTAINER_MARKS = ("/.dockerenv", "/run/.containerenv", "/run/systemd/container", "/dev/lxd/sock")
_CONTAINER_CGROUP = re.compile(r"docker|libpod|kubepods|containerd|/lxc[./]|garden|podman")


def virtualization(machine: Machine, cpuinfo: str) -> str:
    """Return the word of systemd-detect-virt(1), "vm" for an unknown hypervisor, "none" for bare metal, "" unknown."""
    if machine.which("systemd-detect-virt") is not None:
        told = (machine.run(["sh", "-c", "systemd-detect-virt --vm; true"]) or "").strip()
        if told:
            return told
    firmware = " ".join(
        (machine.read(f"/sys/class/dmi/id/{name}") or "").strip()
        for name in ("sys_vendor", "product_name", "bios_vendor")
    )
    found = next((word for mark, word in _FIRMWARE if mark in firmware), "")
    if found or (machine.read("/sys/hypervisor/type") or "").strip() == "xen":
        return found or "xen"
    flags = re.search(r"^flags\s*:(.*)$", cpuinfo, re.MULTILINE)
    if flags is None:
        return ""
    return "vm" if "hypervisor" in flags[1].split() else "none"


def in_container(machine: Machine) -> bool:
    """Tell whether this view of the system is a container's."""
    if any(machine.exists(mark) for mark in _CONTAINER_MARKS):
        return True
    return _CONTAINER_CGROUP.search(machine.read("/proc/1/cgroup") or "") is not None
