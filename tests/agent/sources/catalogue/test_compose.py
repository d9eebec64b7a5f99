from __future__ import annotations

from agent.sources.catalogue.compose import read_compose
from tests.agent.sources.catalogue.folder import needs, said, write


def test_dependencies_of_every_form_with_anchors_includes_and_extends(tmp_path) -> None:
    folder = write(
        tmp_path,
        shop__compose_yml="""\
            x-common: &common
              depends_on: [cache]
            include: [more.yml]
            services:
              web:
                <<: *common
                image: nginx
              api:
                extends: {service: base, file: base.yml}
                depends_on: {web: {condition: service_healthy}}
                links: ["db:database"]
              db: {container_name: pg}
            """,
        shop__more_yml="services: {cache: {image: redis}, queue: !reset null, jobs: {depends_on: [db]}}\n",
        shop__base_yml="services: {base: {depends_on: [cache]}}\n",
    )
    reading = read_compose(folder / "shop/compose.yml")
    assert needs(reading) == {
        "web": [("cache", 2)],
        "api": [("web", 10), ("db", 11), ("cache", 1)],
        "db": [],
        "cache": [],
        "jobs": [("db", 1)],
    }
    entries = {entry.name: entry for file in reading.files for entry in file.entries}
    assert (entries["db"].aliases, entries["web"].aliases) == (("pg",), ("shop-web-*", "shop_web_*"))
    assert said(reading, tmp_path) == []


def test_circles_and_missing_names_are_one_line_each(tmp_path) -> None:
    folder = write(
        tmp_path,
        a_yml="""\
            name: Shop
            include: [{path: b.yml}]
            services:
              one: {depends_on: [two, gone]}
              two: {depends_on: [one], extends: two}
              three: {extends: {service: nobody}}
            """,
        b_yml="include: [a.yml, nowhere.yml]\n",
    )
    assert said(read_compose(folder / "a.yml"), tmp_path) == [
        "b.yml: circular include: a.yml -> b.yml -> a.yml",
        "nowhere.yml: no such file - check the path",
        "a.yml:5: circular extends: two -> two",
        "a.yml:6: it extends 'nobody', which " + f"{tmp_path}/a.yml does not have".replace(f"{tmp_path}/", ""),
        "a.yml:4: 'one' depends on 'gone', which no file of the project has",
        "a.yml:5: circular: one -> two -> one",
    ]


def test_what_is_no_compose_file_declares_nothing(tmp_path) -> None:
    folder = write(tmp_path, list_yml="- a\n", text_yml="services: [a]\n", empty_yml="")
    assert [read_compose(folder / f"{name}.yml").files[0].entries for name in ("list", "text", "empty")] == [(), (), ()]
    assert said(read_compose(folder / "text.yml"), tmp_path) == ["text.yml:1: services is no mapping"]
