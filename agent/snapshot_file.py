"""The snapshot as a file: written the same each time, read as if a stranger had written it."""

from __future__ import annotations

import gzip
import hashlib
import io
import zlib
from pathlib import Path
from typing import Any

import msgspec

from agent.atomic import replace_file
from agent.errors import UsageError
from agent.input_file import read_bounded, readable_size
from agent.plausible import refuse_impossible
from agent.untrusted import clean, harmless
from analyzers.model.message import N_, message
from analyzers.model.snapshot import SCHEMA, Snapshot

MOST_FILE_BYTES = 256 << 20
MOST_BYTES = 512 << 20
"""Largest snapshot once decompressed."""

NAME = "snapshot.json.gz"
"""What a scan calls it in its output folder."""

_GZIP = b"\x1f\x8b"
_CHUNK = 1 << 20
_FAMILY, _, _VERSION = SCHEMA.partition("/")
_GIVE_ANOTHER = message(N_("give a file that `pasencore collect` or `pasencore scan --out` wrote"))
_AGAIN = message(N_("collect it again"))
_TRUNCATED = message(N_("truncated: the end of the file is missing"))


def canonical(snapshot: Snapshot) -> bytes:
    """Return the one JSON text of a snapshot: UTF-8, sorted keys, no NaN, strings cleaned.

    Two snapshots that read the same have the same text, whatever made them: it is what is written, and what is hashed.
    """
    return msgspec.json.encode(settled(snapshot), order="sorted")


def settled(snapshot: Snapshot) -> Snapshot:
    """Return the snapshot as reading its file would: assess this one, and replaying the file gives the same verdict."""
    first = msgspec.json.encode(snapshot, order="sorted")
    if harmless(first):
        return msgspec.json.decode(first, type=Snapshot)
    return msgspec.convert(clean(msgspec.json.decode(first)), Snapshot)


def snapshot_sha256(snapshot: Snapshot) -> str:
    """Return the SHA-256 of the canonical JSON, in hexadecimal; compression plays no part in it."""
    return hashlib.sha256(canonical(snapshot)).hexdigest()


def compressed(snapshot: Snapshot) -> bytes:
    """Return what the file holds: canonical JSON in gzip, without the time of writing."""
    return gzip.compress(canonical(snapshot), mtime=0)


def write_snapshot(path: Path, snapshot: Snapshot) -> None:
    """Write a snapshot, readable by its owner only: it holds raw identities.

    Raises
    ------
    FailedError
        When it cannot be written; an earlier file stays whole.
    """
    replace_file(path, compressed(snapshot))


def read_snapshot(path: Path, most_bytes: int = MOST_BYTES) -> Snapshot:
    """Return the snapshot that a file holds; of a folder, the one that a scan left there.

    Parameters
    ----------
    path
        JSON, in gzip or not, whatever its name; or the folder of ``scan --out``.
    most_bytes
        Size over which the decompressed text is refused.

    Raises
    ------
    UsageError
        When it cannot be read, is truncated, corrupt, too large, no snapshot, or one of a newer version.
    """
    file = path / NAME if path.is_dir() else path
    content = read_bounded(file, MOST_FILE_BYTES)
    if content.startswith(_GZIP):
        content = _decompressed(content, str(file), most_bytes)
    if len(content) > most_bytes:
        raise _too_large(str(file), most_bytes)
    return _understood(content, str(file))


def _decompressed(content: bytes, where: str, most_bytes: int) -> bytes:
    """Decompress piece by piece, so that a small file that unfolds into a huge one is refused before it does."""
    pieces = []
    left = most_bytes
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(content)) as stream:
            while piece := stream.read(_CHUNK):
                left -= len(piece)
                if left < 0:
                    raise _too_large(where, most_bytes)
                pieces.append(piece)
    except EOFError:
        raise UsageError(_TRUNCATED, where, _AGAIN) from None
    except (OSError, zlib.error):
        raise UsageError(message(N_("corrupt: this is no longer what was written")), where, _AGAIN) from None
    return b"".join(pieces)


def _understood(content: bytes, where: str) -> Snapshot:
    try:
        raw = msgspec.json.decode(content)
        refuse_strangers(raw, where)
        snapshot = msgspec.convert(clean(raw), Snapshot)
    except RecursionError:
        raise UsageError(message(N_("nested too deep to be a snapshot")), where, _GIVE_ANOTHER) from None
    except msgspec.ValidationError as error:
        what = message(N_("not a snapshot that can be read: {cause}"), cause=str(error).replace("`$.", "`"))
        raise UsageError(what, where, _AGAIN) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        if "truncated" in str(error):
            raise UsageError(_TRUNCATED, where, _AGAIN) from None
        raise UsageError(message(N_("not JSON")), where, _GIVE_ANOTHER) from None
    refuse_impossible(snapshot, where)
    return snapshot


def refuse_strangers(raw: Any, where: str) -> None:  # noqa: ANN401 - whatever the file holds
    """Refuse what is no snapshot, or one of a version that this program does not read.

    Raises
    ------
    UsageError
        With what it is instead.
    """
    schema = raw.get("schema") if isinstance(raw, dict) else None
    family, _, version = schema.partition("/") if isinstance(schema, str) else ("", "", "")
    if family == _FAMILY and version == _VERSION:
        return
    if family == _FAMILY and version.isascii() and version.isdigit() and int(version[:9]) > int(_VERSION):
        raise UsageError(
            message(N_("written by a newer version of pasencore")), where, message(N_("upgrade pasencore"))
        )
    if family.startswith("pasencore."):
        what = message(N_("this file is a {family}, not a snapshot"), family=family.removeprefix("pasencore.")[:20])
        raise UsageError(what, where, _GIVE_ANOTHER)
    raise UsageError(message(N_("not a snapshot of pasencore")), where, _GIVE_ANOTHER)


def _too_large(where: str, most_bytes: int) -> UsageError:
    what = message(N_("larger than {limit} once decompressed"), limit=readable_size(most_bytes))
    return UsageError(what, where, message(N_("check that it is the right file")))
