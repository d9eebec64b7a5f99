"""Exports of tickets: what tools write is read, what cannot be believed is one line, and the rest goes on."""

from __future__ import annotations

import datetime as dt
import os
import tracemalloc
import zoneinfo
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent.sources.tickets.source import MOST_SHOWN, Reading, read_tickets
from analyzers.model.context import TicketFile
from tests import builders as b

PARIS = "Europe/Paris"
HEADING = "ID;Date;Résolu le;Technicien;Niveau;Service;Cause;Type"
ROW = "17;02/11/2026 08:15;02/11/2026 10:15;Martin A.;N1;boutique;disque plein;Incident"


def read(tmp_path: Path, content: str | bytes, most: int = 1000, **source: Any) -> Reading:
    path = tmp_path / "tickets.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    given_source = {"file": str(path), "timezone": PARIS} | source
    return read_tickets(TicketFile(**given_source), taken_at=b.NOW, most=most)


def said(reading: Reading) -> list[str]:
    """Return the lines that a user reads, without the folder."""
    return [each.line().replace(str(Path(reading.file.file).parent) + "/", "") for each in reading.said]


def test_an_export_is_read_whole(tmp_path: Path) -> None:
    reading = read(tmp_path, f"{HEADING}\n{ROW}\n")
    (ticket,) = reading.file.tickets
    assert reading.said == ()
    assert ticket.opened == dt.datetime(2026, 11, 2, 7, 15, tzinfo=dt.UTC)
    assert ticket.closed == dt.datetime(2026, 11, 2, 9, 15, tzinfo=dt.UTC)
    assert (ticket.id, ticket.resolver, ticket.level, ticket.service) == ("17", "Martin A.", 1, "boutique")
    assert (ticket.cause, ticket.kind, ticket.line) == ("disque plein", "incident", 2)
    expected = ("cause", "closed", "id", "kind", "level", "opened", "resolver", "service")
    assert (reading.file.columns, reading.file.rows, reading.file.reason) == (expected, 1, None)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le"])
@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_encodings_separators_and_ends_of_lines_are_found(
    tmp_path: Path, encoding: str, separator: str, ending: str
) -> None:
    text = f"{HEADING}\n{ROW.replace('disque', 'forêt')}\n".replace(";", separator).replace("\n", ending)
    mark = b"\xff\xfe" if encoding == "utf-16-le" else b""
    (ticket,) = read(tmp_path, mark + text.encode(encoding)).file.tickets
    assert (ticket.cause, ticket.closed is None) == ("forêt plein", False)


def test_blank_lines_a_separator_line_and_values_on_several_lines_are_no_fault(tmp_path: Path) -> None:
    rows = '1;"02/11/2026 08:15";;"Martin\nA.";;;"a ""b""; c";\n\n;;;;;;;\n2;03/11/2026;;;;;;'
    reading = read(tmp_path, f"sep=;\n\n{HEADING}\n{rows}")
    first, second = reading.file.tickets
    assert reading.said == ()
    assert (first.resolver, first.cause, first.closed, first.line) == ("Martin\nA.", 'a "b"; c', None, 4)
    assert (second.id, second.line, reading.file.rows) == ("2", 8, 2)


def test_a_zone_moves_every_date_with_its_summer_time(tmp_path: Path) -> None:
    rows = "1;01/07/2026 12:00;\n2;01/11/2026 12:00;"
    utc = [each.opened.hour for each in read(tmp_path, f"id;opened;closed\n{rows}").file.tickets]
    assert utc == [10, 11]


def test_the_hour_that_comes_twice_is_no_fault(tmp_path: Path) -> None:
    reading = read(tmp_path, "id;opened;closed\n1;25/10/2026 02:50;25/10/2026 02:10\n")
    (ticket,) = reading.file.tickets
    assert ticket.closed is not None
    assert ticket.closed - ticket.opened == dt.timedelta(minutes=20)


def test_a_zone_that_does_not_exist_is_said(tmp_path: Path) -> None:
    reading = read(tmp_path, f"{HEADING}\n{ROW}\n", timezone="Europe/Lutece")
    assert said(reading) == [
        "tickets.csv: no zone is called 'Europe/Lutece': dates are read in the zone of this machine"
    ]
    assert len(reading.file.tickets) == 1


def test_without_a_zone_dates_are_those_of_this_machine(tmp_path: Path) -> None:
    path = tmp_path / "tickets.csv"
    path.write_text("id,opened\n1,2026-11-02 08:15\n", encoding="utf-8")
    zone = zoneinfo.ZoneInfo("America/New_York")
    reading = read_tickets(TicketFile(file=str(path)), taken_at=b.NOW, local_zone=zone)
    assert reading.file.tickets[0].opened == dt.datetime(2026, 11, 2, 13, 15, tzinfo=dt.UTC)
    here = read_tickets(TicketFile(file=str(path)), taken_at=b.NOW).file.tickets[0]
    assert here.opened == dt.datetime(2026, 11, 2, 8, 15).astimezone(dt.UTC)


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("18;hier;;;;;;", "not a date: 'hier'"),
        ("18;;;;;;;", "no date of opening"),
        ("18;02/11/2026;31/02/2026;;;;;", "not a date: '31/02/2026'"),
        (
            "18;02/11/2026 08:00;01/11/2026 08:00;;;;;",
            "closed on 01/11/2026 08:00, before it was opened on 02/11/2026 08:00",
        ),
        ("18;02/11/2027 08:00;;;;;;", "in the future: 02/11/2027 08:00"),
        ("18;02/11/2026 08:00;02/11/2027 08:00;;;;;", "in the future: 02/11/2027 08:00"),
        ("17;02/11/2026 08:00;;;;;;", "number 17 again, first on line 2"),
        ("18;02/11/2026 08:00;;", "values: 4, headings: 8"),
        ("18;02/11/2026 08:00;;;;;;;un;peu;trop", "values: 11, headings: 8"),
        ('18;"02/11/2026"08:00;;;;;;', "a quote that is never closed, or a value that is too long"),
        ('18;"02/11/2026 08:00;;;;;;', "a quote that is never closed, or a value that is too long"),
        (f"18;{'9' * 200_000};;;;;;", "a quote that is never closed, or a value that is too long"),
    ],
)
def test_a_row_that_cannot_be_believed_is_one_line_and_the_rest_goes_on(tmp_path: Path, row: str, why: str) -> None:
    after = ROW.replace("17", "19")
    reading = read(tmp_path, f"{HEADING}\n{ROW}\n{row}\n{after}\n")
    assert said(reading) == [f"tickets.csv:3: {why}"]
    assert [each.id for each in reading.file.tickets] == ["17", "19"]
    assert (reading.file.refused_rows, reading.file.rows, reading.file.reason) == (1, 3, None)
    assert reading.file.refused == (str(reading.said[0]),)


def test_a_day_without_an_hour_is_the_whole_day(tmp_path: Path) -> None:
    (ticket,) = read(tmp_path, "id;opened;closed\n1;02/11/2026 08:15;02/11/2026\n").file.tickets
    assert ticket.closed == ticket.opened


def test_thousands_of_wrong_rows_are_counted_and_some_are_told(tmp_path: Path) -> None:
    reading = read(tmp_path, "id;opened\n" + "1;never\n" * 3000)
    assert len(reading.said) == MOST_SHOWN + 1
    assert said(reading)[-1] == f"tickets.csv: other rows that cannot be read: {3000 - MOST_SHOWN}"
    assert (reading.file.refused_rows, len(reading.file.refused)) == (3000, MOST_SHOWN)


def test_dates_are_american_when_the_file_proves_it(tmp_path: Path) -> None:
    reading = read(tmp_path, "id,opened\n1,11/02/2026 08:15\n2,10/31/2026 08:15\n")
    assert [each.opened.date() for each in reading.file.tickets] == [dt.date(2026, 10, 31), dt.date(2026, 11, 2)]


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"", "tickets.csv: not a CSV export of tickets"),
        (b"\n\n\n", "tickets.csv: not a CSV export of tickets"),
        (bytes(range(256)) * 10, "tickets.csv: not a CSV export of tickets"),
        (b"x" * (3 << 20), "tickets.csv:1: not a CSV export of tickets"),
        (b"Nom;Prix\nvis;3\n", "tickets.csv:1: no heading is known for the date of opening"),
        (b"PK\x03\x04\0\0word/document.xml", "tickets.csv: not a CSV export of tickets"),
    ],
)
def test_a_file_that_is_no_export_is_one_line(tmp_path: Path, content: bytes, line: str) -> None:
    reading = read(tmp_path, content)
    (found,) = said(reading)
    assert found.startswith(line)
    assert (reading.file.tickets, reading.file.reason) == ((), "unreadable")


def test_a_file_that_is_absent_a_folder_or_a_pipe_is_one_line(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for name, why in (("absent.csv", "no such file"), ("", "not a regular file"), ("pipe", "not a regular file")):
        reading = read_tickets(TicketFile(file=str(tmp_path / name)), taken_at=b.NOW)
        (line,) = reading.said
        assert why in str(line)
        assert reading.file.reason == "unreadable"


def test_a_file_that_is_forbidden_has_its_own_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_arguments: object) -> int:
        raise PermissionError(13, "Permission denied")

    path = tmp_path / "tickets.csv"
    monkeypatch.setattr("agent.input_file.os.open", refuse)
    assert read_tickets(TicketFile(file=str(path)), taken_at=b.NOW).file.reason == "no_permission"


def test_hostile_cells_lose_what_harms(tmp_path: Path) -> None:
    reading = read(tmp_path, "id;opened;cause;service\n1;02/11/2026;\x1b[31mred\x1b[0m;" + "a" * 5000 + "\n")
    (ticket,) = reading.file.tickets
    assert "\x1b" not in ticket.cause
    assert len(ticket.service) <= 200


def test_only_the_newest_are_kept(tmp_path: Path) -> None:
    rows = "\n".join(f"{day};{day:02d}/10/2026" for day in (3, 9, 1, 7, 5))
    reading = read(tmp_path, f"id;opened\n{rows}\n", most=3)
    assert [each.id for each in reading.file.tickets] == ["5", "7", "9"]
    assert (reading.file.left_out, reading.file.rows) == (2, 5)
    assert said(reading) == ["tickets.csv: only the 3 newest tickets are kept; older ones left out: 2"]


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(0, 300), max_size=40), st.integers(1, 10))
def test_the_kept_are_the_newest_in_whatever_order_they_come(tmp_path: Path, ages: list[int], most: int) -> None:
    lines = [f"{rank};{b.TODAY - dt.timedelta(days=age):%d/%m/%Y}" for rank, age in enumerate(ages)]
    kept = read(tmp_path, "\n".join(["id;opened", *lines]), most=most).file.tickets
    newest = sorted((b.TODAY - dt.timedelta(days=age) for age in ages), reverse=True)[:most]
    zone = zoneinfo.ZoneInfo(PARIS)
    assert [each.opened.astimezone(zone).date() for each in kept] == newest[::-1]


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=400) | st.text(alphabet='";,\t\n\r1/2026: éid', max_size=300).map(str.encode))
def test_no_content_raises_and_every_row_is_a_ticket_or_a_refusal(tmp_path: Path, content: bytes) -> None:
    file = read(tmp_path, b"id;opened\n" + content).file
    assert len(file.tickets) + file.refused_rows == file.rows


def test_a_long_export_takes_bounded_memory(tmp_path: Path) -> None:
    path = tmp_path / "tickets.csv"
    with path.open("w", encoding="utf-8") as stream:
        stream.write(HEADING + "\n")
        for rank in range(12_000):
            stream.write(ROW.replace("17", str(rank)) + "\n")

    def peak(most: int) -> int:
        tracemalloc.start()
        read_tickets(TicketFile(file=str(path), timezone=PARIS), taken_at=b.NOW, most=most)
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    few, all_of_them = peak(100), peak(12_000)
    assert few < all_of_them / 2
