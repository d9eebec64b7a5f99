"""Truck factors against published ones: ``python -m benchmarks.truck_factors DIR``.

DIR holds ``published.csv`` (repository, published_truck_factor) and, for each repository, ``OWNER__NAME.log.gz`` (lines
``commit HASH SECONDS``, ``author NAME ADDRESS``, then name and status of each file) and ``OWNER__NAME.files.gz``.
"""

from __future__ import annotations

import csv
import gzip
import sys
from pathlib import Path

from analyzers.measures.knowledge.aliases import Author, persons
from analyzers.measures.knowledge.authorship import Change, Ledger
from analyzers.measures.knowledge.files import counted
from analyzers.measures.knowledge.key_set import key_set
from analyzers.measures.knowledge.truck_factor import Knowledge, truck_factor


def main(folder: Path) -> None:
    with (folder / "published.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    off: list[int] = []
    for row in rows:
        known = knowledge(folder / row["repository"].replace("/", "__"))
        found, smallest = len(truck_factor(known)), key_set(known)
        published = int(row["published_truck_factor"])
        off.append(abs(found - published))
        print(
            f"{row['repository']:24} published {published} found {found} "
            f"smallest {len(smallest.people)} [{smallest.proved} proved] files {len(known)}"
        )
    print(f"exact {off.count(0)} of {len(off)}, within one {sum(each <= 1 for each in off)}")


def knowledge(stem: Path) -> Knowledge:
    ledger = Ledger()
    authors: set[Author] = set()
    author: Author = ("", "")
    when = 0.0
    with gzip.open(f"{stem}.log.gz", "rt", encoding="utf-8", errors="surrogateescape") as lines:
        for line in lines:
            words = line.rstrip("\n").split("\t")
            if line.startswith("commit "):
                when = float(line.split()[2])
            elif line.startswith("author "):
                name, address = line.split()[1:3]
                author = (name, address)
                authors.add(author)
            elif words[0]:
                old = words[1] if words[0].startswith("R") else ""
                ledger.record(author, when, [Change(status=words[0][0], path=words[-1], old=old)])
    standing = persons(authors)
    with gzip.open(f"{stem}.files.gz", "rt", encoding="utf-8", errors="surrogateescape") as lines:
        paths = [line.rstrip("\n") for line in lines]
    return {path: ledger.knowers(path, standing) for path in counted(filter(None, paths))}


def compare(words: list[str]) -> None:
    main(Path(words[0]))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
