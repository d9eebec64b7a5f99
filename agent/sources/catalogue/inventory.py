"""Inventory exports in CSV, such as GLPI's and NetBox's: hosts, addresses, owners."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from io import BytesIO
from pathlib import Path

from agent.errors import UsageError
from agent.sources.catalogue.reading import LONGEST_NAME, Reading
from agent.sources.tickets.headings import plain
from agent.sources.tickets.text import Row, encoding_of, rows
from agent.untrusted import clean_text
from analyzers.model.catalogue import CatalogueEntry, KnownHost
from analyzers.model.context import InventoryFile
from analyzers.model.message import N_, message

KNOWN: Mapping[str, tuple[str, ...]] = {
    "name": (
        "name",
        "nom",
        "hostname",
        "device",
        "nom de l ordinateur",
        "computer name",
        "nom d hote",
        "virtual machine",
    ),
    "address": (
        *("ip", "address", "adresse ip", "ip address", "ip addresses", "adresse", "primary ip", "primary ip address"),
        *("primary ipv4 address", "ipv4 address", "ip principale", "adresse ipv4 primaire", "reseau ip", "network ip"),
    ),
    "owner": ("owner", "responsable", "utilisateur responsable", "technicien responsable", "technician in charge"),
    "service": (),
}
"""Headings by which a column is known when the context file does not map it."""


def read_inventory(source: InventoryFile) -> Reading:
    """Return the hosts of an export, and the services when a column of them is mapped."""
    reading, path = Reading("inventory"), Path(source.file)
    content = reading.content(path)
    if content is None:
        return reading
    stream = BytesIO(content)
    encoding = encoding_of(stream)
    stream.seek(0)
    try:
        with closing(rows(stream, encoding, source.file)) as following:
            heading = next(following, None)
            if heading is None or heading.cells is None:
                raise _no_table(source.file)
            columns = _columns(heading.cells, f"{source.file}:{heading.line}", source.columns, reading)
            if "name" in columns:
                hosts, services = _kept(following, columns, len(heading.cells), path, reading)
                reading.keep(path, services, hosts)
                return reading
    except UsageError as error:
        reading.refuse(path, _no_table(error.where))
        return reading
    headings = clean_text(", ".join(heading.cells), 120)
    remedy = message(
        N_("give it in the context file, sources.inventory, columns, name; there are: {headings}"), headings=headings
    )
    place = f"{source.file}:{heading.line}"
    reading.refuse(path, UsageError(message(N_("no heading is known for the names of hosts")), place, remedy))
    return reading


def _no_table(where: str) -> UsageError:
    remedy = message(N_("give a text file whose first row names its columns"))
    return UsageError(message(N_("not a CSV export of an inventory")), where, remedy)


def _columns(headings: Sequence[str], place: str, mapping: Mapping[str, str], reading: Reading) -> dict[str, int]:
    """Return the place of each column: mapped by the context file, else by a known heading."""
    plains = [plain(each) for each in headings]
    found: dict[str, int] = {}
    for column, heading in mapping.items():
        if column not in KNOWN:
            what = message(
                N_("'{column}' is no column of an inventory: {known}"), column=column, known=", ".join(KNOWN)
            )
            reading.say(what, place)
        elif plain(heading) in plains:
            found[column] = plains.index(plain(heading))
        else:
            there = clean_text(", ".join(headings), 120)
            what = message(
                N_("no heading is '{heading}', given for {column}; there are: {headings}"),
                heading=heading,
                column=column,
                headings=there,
            )
            reading.say(what, place)
    for column, names in KNOWN.items():
        place_of = next((plains.index(each) for each in names if each in plains), None)
        if column not in mapping and place_of is not None:
            found[column] = place_of
    return found


def _kept(
    following: Iterator[Row], columns: Mapping[str, int], width: int, path: Path, reading: Reading
) -> tuple[list[KnownHost], list[CatalogueEntry]]:
    hosts: list[KnownHost] = []
    services: list[CatalogueEntry] = []
    for row in following:
        if row.cells is None or len(row.cells) != width:
            what = message(N_("values: {found}, headings: {expected}"), found=len(row.cells or ()), expected=width)
            reading.say(what, str(path), row.line)
            continue
        values = {column: clean_text(row.cells[place].strip(), LONGEST_NAME) for column, place in columns.items()}
        if not values["name"]:
            reading.say(message(N_("a row without a name")), str(path), row.line)
            continue
        owner = values.get("owner", "")
        addresses = tuple(_addresses(values.get("address", "")))
        hosts.append(KnownHost(name=values["name"], line=row.line, aliases=addresses, owner=owner))
        if service := values.get("service", ""):
            services.append(CatalogueEntry(name=service, line=row.line))
    return hosts, list({each.name: each for each in reversed(services)}.values())[::-1]


def _addresses(text: str) -> Iterator[str]:
    """Yield the addresses of a cell, without their masks."""
    for word in re.split(r"[\s,;|]+", text):
        try:
            yield str(ipaddress.ip_interface(word).ip)
        except ValueError:
            continue
