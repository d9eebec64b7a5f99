"""What an agent says, read as if a stranger had written it: one host, and nothing that is not its own to say."""

from __future__ import annotations

import datetime as dt
import zlib
from collections.abc import Iterable
from dataclasses import dataclass

import msgspec
from msgspec.structs import replace

from agent.errors import UsageError
from agent.plausible import refuse_impossible
from agent.snapshot_file import refuse_strangers
from agent.sources.failures import NoAnswerError
from agent.untrusted import clean, clean_text, harmless
from analyzers.model.facts import Host
from analyzers.model.snapshot import BlindSpot

PATH = "/snapshot"
MOST_BYTES = 8 << 20
"""Longest snapshot of one host, compressed or not: some 25 000 flows."""

MOST_BLIND_SPOTS = 200
MOST_NAME = 253
"""Characters of a host name (RFC 1035)."""

MOST_CLOCK_SKEW = dt.timedelta(minutes=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What an agent said of its host.

    Attributes
    ----------
    cautions
        What is odd about it, a sentence each.
    size
        Bytes of its JSON text.
    """

    host: Host
    blind_spots: tuple[BlindSpot, ...] = ()
    cautions: tuple[str, ...] = ()
    size: int = 0


class _Header(msgspec.Struct, frozen=True):
    schema: str = ""


class _Said(msgspec.Struct, frozen=True):
    """The part of a snapshot that an agent may give.

    What others declare, withdraw or monitor is not its to say, and is skipped without being built in memory.
    """

    taken_at: dt.datetime
    hosts: tuple[Host, ...]
    blind_spots: tuple[BlindSpot, ...] = ()


# Made before any thread decodes: msgspec crashes when two threads meet a type for the first time.
_HEADER = msgspec.json.Decoder(_Header)
_SNAPSHOT = msgspec.json.Decoder(_Said)


def unfold(chunks: Iterable[bytes], encoding: str, most: int = MOST_BYTES) -> bytes:
    """Return a body, decompressed as it comes, never further than `most` bytes.

    Raises
    ------
    NoAnswerError
        When it is longer, cut short or corrupt.
    """
    if encoding != "gzip":
        return b"".join(chunks)
    inflating = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
    pieces, left = [], most
    try:
        for chunk in chunks:
            waiting = chunk
            while waiting and not inflating.eof:
                piece = inflating.decompress(waiting, left + 1)
                left -= len(piece)
                if left < 0:
                    detail = f"its snapshot is longer than {most >> 20} MiB once decompressed: it was cut and not used"
                    raise NoAnswerError(reason="unreadable", detail=detail)
                pieces.append(piece)
                waiting = inflating.unconsumed_tail
    except zlib.error:
        raise NoAnswerError(reason="unreadable", detail="its snapshot is no gzip, although it says so") from None
    if not inflating.eof:
        raise NoAnswerError(reason="unreadable", detail="its snapshot is cut short")
    return b"".join(pieces)


def understand(body: bytes, now: dt.datetime) -> Told:
    """Return what a snapshot says of the host of its agent.

    Parameters
    ----------
    now
        The clock of the scan: an agent's own is only compared with it.

    Raises
    ------
    NoAnswerError
        When it is no snapshot of one host, or not one that this version reads.
    """
    try:
        refuse_strangers({"schema": clean_text(_HEADER.decode(body).schema)}, "")
        said = _cleaned(_SNAPSHOT.decode(body), body)
        refuse_impossible(said, "")
    except UsageError as error:
        remedy = f": {error.remedy}" if str(error.remedy) else ""
        raise NoAnswerError(reason="unreadable", detail=f"{error.what}{remedy}") from None
    except RecursionError:
        raise NoAnswerError(reason="unreadable", detail="nested too deep to be a snapshot") from None
    except msgspec.ValidationError as error:
        cause = clean_text(str(error).replace("`$.", "`"), 300)
        raise NoAnswerError(reason="unreadable", detail=f"not a snapshot that can be read: {cause}") from None
    except (msgspec.DecodeError, UnicodeDecodeError):
        page = body.lstrip()[:1] == b"<"
        detail = "it answers a web page: is it the address of an agent?" if page else "its answer is not JSON"
        raise NoAnswerError(reason="unreadable", detail=detail) from None
    if len(said.hosts) != 1:
        detail = f"it speaks for {len(said.hosts)} hosts: an agent speaks for its own"
        raise NoAnswerError(reason="unreadable", detail=detail)
    return _own(said, len(body), now)


def _cleaned(said: _Said, body: bytes) -> _Said:
    """Return what was said with every string harmless; plain text, which most of it is, costs nothing."""
    if harmless(body):
        return said
    return msgspec.convert(clean(msgspec.to_builtins(said)), _Said)


def _own(said: _Said, size: int, now: dt.datetime) -> Told:
    (host,) = said.hosts
    name = host.name.strip()[:MOST_NAME]
    if not name or not host.id.strip():
        raise NoAnswerError(reason="unreadable", detail="it does not say the name or the id of its host")
    skew = said.taken_at - now
    cautions: tuple[str, ...] = ()
    if abs(skew) > MOST_CLOCK_SKEW:
        cautions = (f"its clock is {skew.total_seconds():+.0f} s from this machine's",)
    spots = tuple(replace(each, where=name) for each in said.blind_spots[:MOST_BLIND_SPOTS] if each.where == host.name)
    # A date to come would never grow stale.
    return Told(
        host=replace(host, name=name, collected_at=min(host.collected_at, now)),
        blind_spots=spots,
        cautions=cautions,
        size=size,
    )
