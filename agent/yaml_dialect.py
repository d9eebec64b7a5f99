"""What a bare word means in the YAML that people write here.

Less than YAML 1.1, on purpose: numbers are decimal (12:30 is no number in base 60, 010 is not 8), and dates stay text,
so that whoever knows what is expected there judges them.
"""

from __future__ import annotations

import re
from typing import Any

import yaml
from yaml.composer import Composer
from yaml.parser import Parser
from yaml.reader import Reader
from yaml.resolver import BaseResolver
from yaml.scanner import Scanner

Scalar = str | int | float | bool | None

TAG = "tag:yaml.org,2002:"
BOOLEANS = {"yes": True, "on": True, "true": True, "no": False, "off": False, "false": False}
NULLS = frozenset({"", "~", "null", "Null", "NULL"})
INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9_]*)\Z")
DECIMAL = re.compile(r"[-+]?(?:(?:[0-9][0-9_]*\.[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]{1,2})?|[0-9]+[eE][-+]?[0-9]{1,2})\Z")


class _Resolver(BaseResolver):
    """YAML 1.1's booleans and nulls, decimal numbers, text."""


_Resolver.add_implicit_resolver(f"{TAG}bool", re.compile(rf"(?i:{'|'.join(BOOLEANS)})\Z"), list("yYnNtTfFoO"))
_Resolver.add_implicit_resolver(f"{TAG}null", re.compile(rf"(?:{'|'.join(sorted(NULLS))})\Z"), ["~", "n", "N", ""])
_Resolver.add_implicit_resolver(f"{TAG}int", INTEGER, list("-+0123456789"))
_Resolver.add_implicit_resolver(f"{TAG}float", DECIMAL, list("-+.0123456789"))
_Resolver.add_implicit_resolver(f"{TAG}merge", re.compile(r"<<\Z"), ["<"])


class PythonLoader(Reader, Scanner, Parser, Composer, _Resolver):
    """Reads with PyYAML's own parser: slower, always there."""

    def __init__(self, stream: str) -> None:
        Reader.__init__(self, stream)
        Scanner.__init__(self)
        Parser.__init__(self)
        Composer.__init__(self)
        _Resolver.__init__(self)


def _fastest() -> type[Any]:
    if not yaml.__with_libyaml__:
        return PythonLoader
    from yaml.cyaml import CParser  # type: ignore[attr-defined]  # noqa: PLC0415 - absent without libyaml

    class FastLoader(CParser, _Resolver):
        """Reads with libyaml."""

        def __init__(self, stream: str) -> None:
            CParser.__init__(self, stream)
            _Resolver.__init__(self)

    return FastLoader


Loader = _fastest()


def scalar(tag: str, text: str) -> Scalar:
    """Return the value of a word, given the tag that it was resolved to.

    Raises
    ------
    ValueError
        When the tag is not read here, or the word is nothing that it promises.
    """
    kind = tag.removeprefix(TAG)
    if kind in {"str", "merge"}:
        return text
    if kind == "null" and text in NULLS:
        return None
    if kind == "bool" and text.lower() in BOOLEANS:
        return BOOLEANS[text.lower()]
    if kind == "int" and INTEGER.match(text):
        return int(text.replace("_", ""))
    if kind == "float" and (DECIMAL.match(text) or INTEGER.match(text)):
        return float(text.replace("_", ""))
    raise ValueError(tag)
