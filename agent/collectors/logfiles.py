"""Ends of log files, rotated and packed ones included: what is newest is at the end, and a log may be huge."""

from __future__ import annotations

import gzip
import os
import zlib

from agent.collectors.machine import MOST_BYTES, Machine

_BLOCK_BYTES = 1 << 20
_MOST_BLOCKS = 64

ADM_GROUP = "sudo usermod -aG adm $(id -un)"
"""What lets an account read the logs of Debian and its kin; a new session is needed for it to count."""


def tail(machine: Machine, name: str, most: int = MOST_BYTES) -> str | None:
    """Return the end of a log, whole lines only; None when it is absent, refused or damaged, which is recorded."""
    try:
        with machine.path(name).open("rb") as stream:
            if name.endswith(".gz"):
                return _lines(_unpacked_end(gzip.GzipFile(fileobj=stream), most))
            size = stream.seek(0, os.SEEK_END)
            stream.seek(max(0, size - most))
            return _lines((stream.read(most), size > most))
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return None
    except PermissionError:
        machine.missed(name, "no_permission", f"sudo setfacl -m u:$(id -un):r {name}")
    except (OSError, EOFError, zlib.error) as error:
        machine.missed(f"{name}: {error}", "unreadable")
    return None


def _unpacked_end(stream: gzip.GzipFile, most: int) -> tuple[bytes, bool]:
    """Return the last bytes of a packed file, and whether there were more; a bomb is unpacked in part only."""
    end, cut = b"", False
    for _ in range(_MOST_BLOCKS):
        block = stream.read(_BLOCK_BYTES)
        if not block:
            break
        cut = cut or len(end) + len(block) > most
        end = (end + block)[-most:]
    return end, cut


def _lines(end: tuple[bytes, bool]) -> str:
    content, cut = end
    text = content.decode("utf-8", "replace")
    return text.partition("\n")[2] if cut else text
