from __future__ import annotations

from pathlib import Path

import pytest

from agent.collectors.virtualization import in_container, virtualization
from tests.agent.collectors.fake_hosts import machine, talking

GUEST = "processor\t: 0\nflags\t\t: fpu vme hypervisor lm\n"
METAL = "processor\t: 0\nflags\t\t: fpu vme lm\n"


@pytest.mark.parametrize(
    ("vendor", "product", "word"),
    [
        ("QEMU", "Standard PC (Q35 + ICH9, 2009)", "qemu"),
        ("VMware, Inc.", "VMware Virtual Platform", "vmware"),
        ("innotek GmbH", "VirtualBox", "oracle"),
        ("Microsoft Corporation", "Virtual Machine", "microsoft"),
        ("Amazon EC2", "t3.small", "amazon"),
        ("Google", "Google Compute Engine", "google"),
        ("Red Hat", "KVM", "kvm"),
        ("Xen", "HVM domU", "xen"),
        ("Dell Inc.", "PowerEdge R740", "none"),
    ],
)
def test_the_firmware_names_the_hypervisor(tmp_path: Path, vendor: str, product: str, word: str) -> None:
    files = {"/sys/class/dmi/id/sys_vendor": f"{vendor}\n", "/sys/class/dmi/id/product_name": f"{product}\n"}
    assert virtualization(machine(tmp_path, files), METAL) == word


@pytest.mark.parametrize(("cpuinfo", "word"), [(GUEST, "vm"), (METAL, "none"), ("Processor : ARMv8\n", "")])
def test_without_firmware_the_processor_tells_what_it_can(tmp_path: Path, cpuinfo: str, word: str) -> None:
    assert virtualization(machine(tmp_path), cpuinfo) == word


def test_xen_says_its_name_in_sysfs(tmp_path: Path) -> None:
    assert virtualization(machine(tmp_path, {"/sys/hypervisor/type": "xen\n"}), METAL) == "xen"


@pytest.mark.parametrize(("told", "word"), [("kvm\n", "kvm"), ("none\n", "none"), ("\n", "vm")])
def test_systemd_is_believed_when_it_answers(tmp_path: Path, told: str, word: str) -> None:
    assert virtualization(talking(tmp_path, {"sh systemd-detect-virt": told}), GUEST) == word


@pytest.mark.parametrize(
    ("files", "inside"),
    [
        ({"/.dockerenv": ""}, True),
        ({"/run/.containerenv": ""}, True),
        ({"/run/systemd/container": "lxc"}, True),
        ({"/proc/1/cgroup": "0::/docker/0f0f\n"}, True),
        ({"/proc/1/cgroup": "3:cpu:/lxc/web\n"}, True),
        ({"/proc/1/cgroup": "0::/kubepods.slice/x\n"}, True),
        ({"/proc/1/cgroup": "0::/init.scope\n"}, False),
        ({}, False),
    ],
)
def test_a_container_leaves_marks(tmp_path: Path, files: dict[str, str | bytes], *, inside: bool) -> None:
    assert in_container(machine(tmp_path, files)) is inside
