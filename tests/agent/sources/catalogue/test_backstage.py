from __future__ import annotations

import itertools

from agent.sources.catalogue.backstage import read_backstage
from tests.agent.sources.catalogue.folder import needs, said, write

ENTITY = "apiVersion: backstage.io/v1alpha1\nkind: {kind}\nmetadata: {{name: {name}}}\nspec: {{{spec}}}\n"


def entity(name: str, spec: str = "", kind: str = "Component") -> str:
    return ENTITY.format(kind=kind, name=name, spec=spec)


def test_components_resources_and_apis_of_every_document(tmp_path) -> None:
    needed = "owner: 'group:default/shop', dependsOn: ['resource:default/db', 'paiement'], consumesApis: [pay]"
    documents = (
        entity("boutique", needed),
        entity("db", "owner: user:a.martin", "Resource"),
        entity("pay", kind="API"),
        entity("commerce", "owner: shop", "System"),
    )
    whole = "---\n".join(documents)
    reading = read_backstage(write(tmp_path, shop__catalog_yml=whole, chart_yml="a: {{ .Values.x }}\n"))
    (file,) = reading.files
    assert [(each.name, each.line, each.owners) for each in file.entries] == [
        ("boutique", 3, ("shop",)),
        ("db", 8, ("a.martin",)),
        ("pay", 13, ()),
    ]
    assert needs(reading)["boutique"] == [("db", 4), ("paiement", 4), ("pay", 4)]
    assert said(reading, tmp_path) == []


def test_locations_are_followed_once_and_servers_are_not(tmp_path) -> None:
    folder = write(
        tmp_path,
        all_yml=entity("all", "targets: [shop/one.yml, all.yml, 'https://x/y.yml', gone.yml]", "Location"),
        shop__one_yml=entity("boutique"),
    )
    reading = read_backstage(folder / "all.yml")
    assert list(needs(reading)) == ["boutique"]
    assert said(reading, tmp_path) == [
        "all.yml:4: a Location on a server is not read: https://x/y.yml - give a copy of it under sources.backstage",
        "gone.yml: no such file - check the path",
    ]


def test_each_fault_is_one_line_and_the_rest_goes_on(tmp_path) -> None:
    bomb = "# backstage.io/x\na: &a [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n"
    for before, name in itertools.pairwise("abcdefg"):
        bomb += f"{name}: &{name} [{', '.join(['*' + before] * 10)}]\n"
    folder = write(
        tmp_path,
        a_yml="---\n".join((entity("boutique", "dependsOn: [db]"), entity("boutique"), entity("''"))),
        b_yml=entity("db", "dependsOn: [boutique]") + "x: [\n",
        c_yml=entity("db", "dependsOn: [boutique]"),
        d_yml=bomb,
    )
    reading = read_backstage(folder)
    assert said(reading, tmp_path) == [
        "a.yml:11: a component without a name - give it a metadata.name",
        "a.yml:8: 'boutique' again, first on line 3: the first counts - keep one of the two",
        "b.yml:6: not YAML - check indentation, colons and quotes around it",
        "d.yml:6: more than 100000 values, aliases written out - check that it is the right file",
        "c.yml:3: circular: boutique -> db -> boutique",
    ]
    assert [(each.file.rpartition("/")[2], each.reason) for each in reading.files] == [
        ("a.yml", None),
        ("b.yml", "unreadable"),
        ("c.yml", None),
        ("d.yml", "unreadable"),
    ]


def test_a_folder_without_any_file_is_said(tmp_path) -> None:
    reading = read_backstage(tmp_path)
    assert [each.line() for each in reading.said] == [
        f"{tmp_path}: no YAML file below it - give the folder of catalog-info.yaml files"
    ]
