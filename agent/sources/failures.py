"""Why a server gave no usable answer: one error, with a reason of the closed list and one line for people."""

from __future__ import annotations

import http.client
import re
import socket
import ssl
from http import HTTPStatus

import urllib3.exceptions

from analyzers.model.reasons import Reason

BUSY = frozenset({429, 502, 503, 504})
"""Statuses that mean "later": worth another try."""

_OF_STATUS: dict[int, Reason] = {
    401: "no_permission",
    403: "no_permission",
    404: "backend_404",
    405: "backend_404",
    407: "no_permission",
    408: "timed_out",
    410: "backend_404",
    429: "budget_exhausted",
    501: "backend_404",
    504: "timed_out",
}

_OF_EXCEPTION: tuple[tuple[type[Exception] | tuple[type[Exception], ...], Reason, str], ...] = (
    (
        (socket.gaierror, urllib3.exceptions.NameResolutionError),
        "unreachable",
        "the name of {where} is not known: {words}",
    ),
    (ConnectionRefusedError, "unreachable", "{where} refuses connections: is it running?"),
    ((TimeoutError, urllib3.exceptions.ReadTimeoutError), "timed_out", "{where} did not answer in time"),
    (http.client.IncompleteRead, "unreadable", "{where} gave half an answer"),
    (ConnectionError, "unreachable", "{where} closed the connection"),
    (http.client.HTTPException, "unreadable", "{where} does not speak HTTP ({words})"),
)
"""The first that fits, the more precise before the more general."""

_OPENSSL = {
    "CERTIFICATE_VERIFY_FAILED": "give the certificate of its authority in tls_config.ca_file",
    "WRONG_VERSION_NUMBER": "this port does not speak TLS: write http:// instead of https://",
    "HTTP_REQUEST": "this port does not speak TLS: write http:// instead of https://",
    "UNSUPPORTED_PROTOCOL": "the server only speaks TLS older than 1.2: update it",
    "TLSV1_ALERT_PROTOCOL_VERSION": "the server only speaks TLS older than 1.2: update it",
}
_CUT_QUERY = re.compile(rb'"errorType"\s*:\s*"timeout"')
_CUT = "perhaps it wants a client certificate: tls_config.cert_file and key_file"
_CLIENT_CERTIFICATE = "the server wants a client certificate that it knows: tls_config.cert_file and key_file"
_X509_EXPIRED = 10
_X509_NOT_YET_VALID = 9
_X509_OTHER_NAME = frozenset({62, 64})


class NoAnswerError(Exception):
    """A question that got no usable answer, or that was better not asked.

    Attributes
    ----------
    reason
        Why, in the words that findings use.
    detail
        One line for people, with what to do; never holds a secret.
    status
        The HTTP status, 0 when there was none.
    body
        The beginning of what a refused request got back.
    transient
        Another try may fare better.
    retry_after
        Seconds that the server asked to wait, None when it did not.
    """

    def __init__(
        self,
        *,
        reason: Reason,
        detail: str,
        status: int = 0,
        body: bytes = b"",
        transient: bool = False,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail
        self.status = status
        self.body = body
        self.transient = transient
        self.retry_after = retry_after


def of_status(status: int, body: bytes, retry_after: str = "", *, credentials: bool = False) -> NoAnswerError:
    """Return the error that an HTTP status stands for; `credentials` tells whether some were sent."""
    reason = _OF_STATUS.get(status, "unreachable" if status >= HTTPStatus.INTERNAL_SERVER_ERROR else "unreadable")
    detail = f"HTTP {status} {_phrase(status)}".rstrip()
    if status == HTTPStatus.UNAUTHORIZED:
        sent = "the credentials were refused" if credentials else "it wants credentials"
        detail = f"{detail}: {sent}, see http_config.basic_auth or authorization"
    elif status == HTTPStatus.BAD_REQUEST and b"HTTP request to an HTTPS server" in body:
        detail = f"{detail}: this port speaks TLS, write https:// instead of http://"
    if status == HTTPStatus.SERVICE_UNAVAILABLE and _CUT_QUERY.search(body):
        # Prometheus cut the query itself: sent again, it would cost as much again.
        return NoAnswerError(reason="timed_out", detail=detail, status=status, body=body)
    return NoAnswerError(
        reason=reason,
        detail=detail,
        status=status,
        body=body,
        transient=status in BUSY,
        retry_after=_seconds(retry_after),
    )


def of_exception(error: Exception, where: str) -> NoAnswerError:
    """Return the error that an exception of a socket, of TLS or of the HTTP parser stands for.

    Parameters
    ----------
    where
        ``host:port``, repeated to the user.
    """
    cause = _root(error)
    if isinstance(cause, ssl.SSLError):
        return _of_tls(cause)
    for kinds, reason, detail in _OF_EXCEPTION:
        if isinstance(error, kinds) or isinstance(cause, kinds):
            text = detail.format(where=where, words=_words(cause))
            return NoAnswerError(reason=reason, detail=text, transient=kinds is ConnectionError)
    return NoAnswerError(reason="unreachable", detail=f"{where} cannot be reached: {_words(cause)}")


def _of_tls(error: ssl.SSLError) -> NoAnswerError:
    if isinstance(error, ssl.SSLCertVerificationError):
        words = error.verify_message or "certificate verify failed"
        code = error.verify_code
        if code in _X509_OTHER_NAME:
            return NoAnswerError(
                reason="unreachable", detail=f"TLS: {words}: give the certificate's own name in tls_config.server_name"
            )
        if code == _X509_EXPIRED:
            return NoAnswerError(reason="unreachable", detail=f"TLS: {words}: renew the certificate")
        if code == _X509_NOT_YET_VALID:
            return NoAnswerError(reason="unreachable", detail=f"TLS: {words}: check the clock of both machines")
        return NoAnswerError(reason="unreachable", detail=f"TLS: {words}: {_OPENSSL['CERTIFICATE_VERIFY_FAILED']}")
    name = error.reason or ""
    # A server that wants a certificate may cut before its alert is read.
    remedy = _OPENSSL.get(name, _CLIENT_CERTIFICATE if "ALERT" in name else "" if name else _CUT)
    words = name.lower().replace("_", " ") or "the connection was cut"
    return NoAnswerError(reason="unreachable", detail=f"TLS: {words}: {remedy}" if remedy else f"TLS: {words}")


def _root(error: BaseException) -> BaseException:
    """Return the exception that urllib3 wrapped, if it wrapped one."""
    while True:
        inner = next((each for each in error.args[::-1] if isinstance(each, Exception)), None) or error.__cause__
        if inner is None or isinstance(error, ssl.SSLError | http.client.IncompleteRead):
            return error
        error = inner


def _words(error: BaseException) -> str:
    strerror = error.strerror if isinstance(error, OSError) else None
    return strerror or type(error).__name__


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


def _seconds(retry_after: str) -> float | None:
    """Return a Retry-After in seconds; its date form is left to the client's own pace."""
    return float(retry_after) if retry_after.isascii() and retry_after.isdigit() else None
