"""Which files of a repository count: what people of the house write and keep, tests included.

Rules in the manner of GitHub's linguist (its ``vendor.yml``, ``documentation.yml`` and ``generated.rb``), reduced to
what a path says: third-party and generated files, documentation, and media carry no knowledge of how the system works.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import PurePosixPath

_VENDORED = re.compile(
    r"""(?ix)
    (^|/)(vendor(s|ed)?|third[-_]?party|3rd[-_]?party|node_modules|bower_components|externals?|deps|cache|dist
         |godeps|carthage|pods|\.yarn|\.venv|site-packages|extern|jspm_packages)/
    | (^|/)(jquery|bootstrap|d3|react|angular|modernizr|prototype|mootools|underscore|backbone|less|normalize)
      ([-._]\d[\w.]*)?([-.](min|slim|custom|debug|pack))*\.(js|css|less|scss)$
    | \.min\.(js|css)$ | [-.](pack|bundle)\.js$
    | (^|/)(gradlew(\.bat)?|mvnw(\.cmd)?|gradle/wrapper/|configure|config\.(guess|sub)|aclocal\.m4|ltmain\.sh
         |libtool\.m4|install-sh|missing|depcomp|waf)$
    """
)

_DOCUMENTATION = re.compile(
    r"""(?ix)
    ^docs?/ | (^|/)documentation/ | (^|/)(groovydoc|javadoc|man|examples?|demos?|samples?)/
    | (^|/)(changelog|changes?|news|history|contribut(ing|ors?)|authors|credits|copying|copyright|patents|install
           |licen[cs]es?|notice|readme|todo|upgrading|security|code_of_conduct|maintainers
           |thanks)([-_]\w+)*(\.(\d+|de|en|es|fr|it|ja|zh|html?|in|inc))?$
    """
)

_GENERATED = re.compile(
    r"""(?ix)
    (^|/)(package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml|gemfile\.lock|composer\.lock
         |poetry\.lock|pipfile\.lock|cargo\.lock|go\.sum|uv\.lock)$
    | _pb2\.pyi?$ | \.(pb\.go|pb\.(h|cc)|designer\.cs|map|nib|xcworkspacedata|xcuserstate)$ | (^|/)__generated__/
    """
)

_PROSE = frozenset({".adoc", ".asciidoc", ".creole", ".md", ".markdown", ".mdown", ".org", ".pod", ".rdoc", ".rst"})
_PROSE |= {".textile", ".txt", ".log", ".doc", ".docx", ".odt", ".pdf", ".tex", ".rtf"}

_MEDIA = frozenset({".avif", ".bmp", ".eps", ".gif", ".icns", ".ico", ".jpeg", ".jpg", ".png", ".psd", ".svg", ".tif"})
_MEDIA |= {".tiff", ".webp", ".mp3", ".mp4", ".ogg", ".opus", ".wav", ".avi", ".mov", ".webm", ".ttf", ".otf", ".eot"}
_MEDIA |= {".woff", ".woff2", ".zip", ".gz", ".tgz", ".bz2", ".xz", ".7z", ".jar", ".war", ".exe", ".dll", ".so", ".a"}
_MEDIA |= {".dylib", ".class", ".pyc", ".o", ".bin", ".dat", ".swf", ".blend", ".xcf"}

_CODE_BY_NAME = frozenset({"cmakelists.txt", "requirements.txt", "constraints.txt"})
"""Files that build or deploy, whatever their ending says."""

_DATA = frozenset({".cfg", ".conf", ".csv", ".geojson", ".ini", ".json", ".jsonl", ".plist", ".properties", ".sql"})
_DATA |= {".toml", ".tsv", ".xml", ".yaml", ".yml"}
"""What linguist calls data: left aside in a program, where it is fixtures; the substance of a configuration."""


def counts(path: str) -> bool:
    """Tell whether a file is one whose knowledge matters: neither vendored, generated, documentation nor media."""
    name = PurePosixPath(path)
    if name.name.casefold() in _CODE_BY_NAME:
        return not _VENDORED.search(path)
    if name.suffix.casefold() in _PROSE | _MEDIA:
        return False
    return not (_VENDORED.search(path) or _DOCUMENTATION.search(path) or _GENERATED.search(path))


def counted(paths: Iterable[str]) -> list[str]:
    """Return the files that count among those of one asset.

    Data files count only where they are the greater part: in a program they are fixtures, which the published truck
    factors leave aside as linguist does; a repository of configuration is made of them.
    """
    found = [each for each in paths if counts(each)]
    code = [each for each in found if not _is_data(each)]
    return code if 2 * len(code) >= len(found) else found


def written_by_hand(path: str) -> bool:
    """Tell whether a file is text of the house, documentation included."""
    if PurePosixPath(path).suffix.casefold() in _MEDIA:
        return False
    return not (_VENDORED.search(path) or _GENERATED.search(path))


def _is_data(path: str) -> bool:
    name = PurePosixPath(path).name
    return PurePosixPath(name).suffix.casefold() in _DATA or (name.startswith(".") and "." not in name[1:])
