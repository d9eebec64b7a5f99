"""One certificate, read by openssl: a file that holds a key too is never opened here."""

from __future__ import annotations

import datetime as dt
import re

from agent.collectors.grants import READ_FILES
from agent.collectors.machine import Machine
from agent.collectors.times import find_time
from agent.collectors.traces import ask
from analyzers.model.facts import Certificate

_LINE = re.compile(r"^(?P<name>notAfter|subject|issuer)=\s*(?P<value>.*)$", re.MULTILINE)
_NAME = re.compile(r"(?:DNS|IP Address):([^,\s]+)")


def read(machine: Machine, name: str) -> Certificate | None:
    """Return the first certificate of a file, None when there is none or it may not be read, which is recorded."""
    wanted = ["-noout", "-enddate", "-subject", "-issuer", "-nameopt", "RFC2253"]
    extensions = ["-ext", "subjectAltName,basicConstraints"]
    text, reason = ask(machine, ["openssl", "x509", "-in", str(machine.path(name)), *wanted, *extensions])
    found = parse(text, name) if text is not None else None
    if found is None:
        grant = READ_FILES if reason == "no_permission" else ""
        machine.missed(f"the certificate in {name}", reason or "unreadable", grant)
    return found


def parse(text: str, path: str) -> Certificate | None:
    """Return a certificate from what ``openssl x509`` prints, None when the text is something else."""
    said = {found["name"]: found["value"].strip() for found in _LINE.finditer(text)}
    not_after = find_time(said.get("notAfter", ""), dt.UTC, dt.datetime.max.replace(tzinfo=dt.UTC))
    if not_after is None or "subject" not in said:
        return None
    return Certificate(
        path=path,
        subject=said["subject"],
        not_after=not_after,
        names=tuple(_NAME.findall(text.partition("Subject Alternative Name:")[2].partition("X509v3")[0])),
        self_signed=said["subject"] == said.get("issuer"),
        authority=re.search(r"^\s*CA:TRUE", text, re.MULTILINE) is not None,
    )
