"""From files to assets: the patterns of the context file, the first that fits wins."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from analyzers.measures.knowledge.files import counted, written_by_hand


def by_asset(paths: Iterable[str], patterns: Mapping[str, str], otherwise: str) -> dict[str, list[str]]:
    """Return the files that count of each asset.

    An asset that holds nothing but documentation, such as runbooks, counts its documentation.

    Parameters
    ----------
    patterns
        Asset by pattern: ``*`` and ``?`` stay inside a folder, ``**`` does not, and a pattern without a slash means a
        file in any folder. A file that no pattern fits belongs to no asset.
    otherwise
        The asset of every file when there is no pattern at all.
    """
    found: dict[str, list[str]] = {each: [] for each in (patterns.values() or (otherwise,))}
    rules = [(_pattern(pattern), asset) for pattern, asset in patterns.items()] or [(_pattern("**"), otherwise)]
    for path in paths:
        asset = next((asset for pattern, asset in rules if pattern.match(path)), None)
        if asset is not None:
            found[asset].append(path)
    return {
        asset: counted(inside) or [each for each in inside if written_by_hand(each)] for asset, inside in found.items()
    }


@lru_cache(maxsize=1024)
def _pattern(glob: str) -> re.Pattern[str]:
    """Return the regular expression of a pattern."""
    text = glob.strip().removeprefix("./").strip("/") if glob.strip("/") else "**"
    if glob.endswith("/"):
        text = f"{text}/**"
    prefix = "" if "/" in text or text == "**" else "(?:.*/)?"
    pieces = re.split(r"(\*\*/|\*\*|\*|\?)", text)
    meaning = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    return re.compile(prefix + "".join(meaning.get(each, re.escape(each)) for each in pieces) + r"\Z", re.DOTALL)
