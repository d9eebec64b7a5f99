from __future__ import annotations

import pytest

from agent.sources.catalogue.inventory import read_inventory
from analyzers.model.context import InventoryFile
from tests.agent.sources.catalogue.folder import said


def read(tmp_path, content: bytes, **columns: str):
    path = tmp_path / "glpi.csv"
    path.write_bytes(content)
    return read_inventory(InventoryFile(file=str(path), columns=columns))


def hosts(reading):
    return [(each.name, each.line, each.aliases, each.owner) for file in reading.files for each in file.hosts]


@pytest.mark.parametrize(
    "content",
    [
        "\ufeffNom;Adresse IP;Responsable\ndb1;10.0.0.2;Éric\n".encode(),
        "Nom,Adresse IP,Responsable\ndb1,10.0.0.2/24,Éric\n".encode("cp1252"),
        "Nom\tAdresse IP\tResponsable\ndb1\t10.0.0.2\tÉric\n".encode("utf-16"),
        '"Responsable";"Nom";"Autre";"Adresse IP"\n"Éric";"db1";"";"10.0.0.2, -"\n'.encode(),
    ],
    ids=["UTF-8 with its mark", "Windows, with a mask", "UTF-16, tabs", "quoted, another order"],
)
def test_encodings_separators_and_known_headings(content, tmp_path) -> None:
    assert hosts(read(tmp_path, content)) == [("db1", 2, ("10.0.0.2",), "Éric")]


def test_mapped_columns_and_services(tmp_path) -> None:
    content = b"Machine;Reseau;Appli\ndb1;10.0.0.2;erp\ndb2;;erp\n"
    reading = read(tmp_path, content, name="machine", address="Reseau", service="Appli")
    assert hosts(reading) == [("db1", 2, ("10.0.0.2",), ""), ("db2", 3, (), "")]
    assert [(each.name, each.line) for each in reading.files[0].entries] == [("erp", 2)]


def test_rows_that_cannot_be_believed_are_said_and_the_rest_counts(tmp_path) -> None:
    reading = read(tmp_path, b"name;ip\ndb1;\n;10.0.0.1\nalone\nDB1;\ndb2;x\n", owner="Chef", size="x")
    assert [each[0] for each in hosts(reading)] == ["db1", "db2"]
    assert said(reading, tmp_path) == [
        "glpi.csv:1: no heading is 'Chef', given for owner; there are: name, ip",
        "glpi.csv:1: 'size' is no column of an inventory: name, address, owner, service",
        "glpi.csv:3: a row without a name",
        "glpi.csv:4: values: 1, headings: 2",
        "glpi.csv:5: 'DB1' again, first on line 2: the first counts - keep one of the two",
    ]


NAMELESS = (
    "glpi.csv:1: no heading is known for the names of hosts - give it in the context file,"
    " sources.inventory, columns, name; there are: a, b"
)


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"a;b\n1;2\n", NAMELESS),
        (b"\0\1\2", "glpi.csv: not a CSV export of an inventory - give a text file whose first row names its columns"),
        (b"", "glpi.csv: not a CSV export of an inventory - give a text file whose first row names its columns"),
    ],
)
def test_files_that_are_no_inventory(content, line, tmp_path) -> None:
    reading = read(tmp_path, content)
    assert said(reading, tmp_path) == [line]
    assert [each.reason for each in reading.files] == ["unreadable"]


def test_a_file_that_is_too_large_is_refused(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr("agent.sources.catalogue.reading.MOST_BYTES", 10)
    assert said(read(tmp_path, b"name\n" + b"x" * 20), tmp_path) == [
        "glpi.csv: larger than 10 bytes, the largest that is read - check that it is the right file"
    ]


def test_a_flood_of_faults_is_cut(tmp_path) -> None:
    assert len(read(tmp_path, b"name;ip\n" + b"x\n" * 100).said) == 20
