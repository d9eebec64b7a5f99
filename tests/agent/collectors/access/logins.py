"""Files of utmp(5) records, made as glibc writes them."""

from __future__ import annotations

import datetime as dt
import ipaddress
import struct

COMPACT = struct.Struct("<hxxi32s4s32s256shhiii16s20x")
WIDE = struct.Struct("<hxxi32s4s32s256shhqqq16s20x4x")

BOOT, RUN_LEVEL, LOGIN, LOGOUT = 2, 1, 7, 8


def record(
    kind: int, line: str, user: str, at: dt.datetime, host: str = "", pid: int = 0, *, layout: struct.Struct = COMPACT
) -> bytes:
    """Return one record; a host that is an address is written as one too."""
    try:
        address = ipaddress.ip_address(host).packed.ljust(16, b"\0")
    except ValueError:
        address = bytes(16)
    return layout.pack(
        kind,
        pid,
        line.encode(),
        line[-4:].encode(),
        user.encode(),
        host.encode(),
        0,
        0,
        0,
        int(at.timestamp()),
        0,
        address,
    )
