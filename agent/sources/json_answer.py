"""JSON that servers send: decoded into types, and refusals told in the server's own words."""

from __future__ import annotations

import functools
import threading
from typing import Any, TypeVar

import msgspec

from agent.sources.failures import NoAnswerError
from agent.sources.redact import redact
from analyzers.model.reasons import Reason

T = TypeVar("T")

MOST_WORDS = 300
"""Characters of a server's own words that are kept."""

_REFUSED = frozenset({400, 401, 403, 422, 500})

_OF_WORDS: tuple[tuple[str, Reason], ...] = (
    ("unsupported path", "backend_404"),
    ("unknown func", "backend_404"),
    ("prometheus agent", "backend_404"),
    ("too many samples", "budget_exhausted"),
    ("exceed", "budget_exhausted"),
    ("too many outstanding", "budget_exhausted"),
    ("timeout", "timed_out"),
    ("timed out", "timed_out"),
    ("no org id", "no_permission"),
)
"""What a refusal means when the server's words say it better than its status; the first that is found."""

_MAKING = threading.Lock()

_HINTS = {"no org id": "name the tenant in http_config.http_headers, as X-Scope-OrgID"}


class _Refusal(msgspec.Struct):
    error: str = ""
    message: str = ""


def decode(body: bytes, shape: type[T], content_type: str = "") -> T:
    """Return JSON as a type; fields that the type does not know are left out.

    Raises
    ------
    NoAnswerError
        When the body is no such thing.
    """
    try:
        return _decoder(shape).decode(body)
    except (ValueError, RecursionError) as error:
        if "html" in content_type or body.lstrip()[:1] == b"<":
            detail = "it answers a web page: is it the address of the API, or is there a login page before it?"
        else:
            detail = f"its answer makes no sense ({str(error)[:MOST_WORDS]})"
        raise NoAnswerError(reason="unreadable", detail=detail) from error


def _decoder(shape: type[T]) -> msgspec.json.Decoder[T]:
    """Return what reads a type, made by one thread at a time: msgspec crashes when two meet a new type at once."""
    with _MAKING:
        return _made(shape)  # type: ignore[arg-type]  # a type is hashable, whatever T is


@functools.cache
def _made(shape: type[Any]) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(shape)


def in_its_words(error: NoAnswerError) -> NoAnswerError:
    """Return the error with what the server wrote about it; servers disagree on statuses more than on words."""
    if not error.status or not error.body:
        return error
    words = _words(error.body)
    lowered = words.lower()
    mark, reason = next(((mark, reason) for mark, reason in _OF_WORDS if mark in lowered), ("", error.reason))
    if error.status not in _REFUSED:
        reason = error.reason
    parts = [error.detail, redact(" ".join(words.split()), MOST_WORDS), _HINTS.get(mark, "")]
    return NoAnswerError(reason=reason, detail=": ".join(each for each in parts if each), status=error.status)


def _words(body: bytes) -> str:
    try:
        refusal = msgspec.json.decode(body, type=_Refusal)
    except (ValueError, RecursionError):
        text = body.decode("utf-8", "replace").strip()
        return "" if text.startswith("<") else text
    return refusal.error or refusal.message
