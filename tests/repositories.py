"""Small real git repositories, written by somebody else's settings never."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

START = 1_750_000_000
"""Mid June 2025, in seconds of the epoch: each commit is a day after the one before."""

DAY = 86_400


class Repo:
    """A repository in a folder, made on first use."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._commits = 0
        folder.mkdir(parents=True)
        self.git("init", "-q", "-b", "main")

    def git(self, *words: str, **more: str | bytes) -> str:
        """Run git in the repository and return what it says."""
        return self._run({"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", **more}, words)

    def plain(self, *words: str) -> str:
        """Run git with none of the caller's variables."""
        return self._run({}, words)

    def commit(self, author: str | bytes, tree: Mapping[str, str | None], when: int | None = None) -> None:
        """Write files (None removes one) and commit them as ``Name <address>``."""
        for path, text in tree.items():
            file = self.folder / path
            if text is None:
                file.unlink()
            else:
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(text)
            self.git("add", "-A", "--", f":(literal){path}")
        moment = f"{START + DAY * self._commits if when is None else when} +0000"
        self._commits += 1
        line = author if isinstance(author, bytes) else author.encode()
        made = self.git("write-tree").strip()
        parent = self._head()
        body = b"tree %s\n%sauthor %s %s\ncommitter %s %s\n\nx\n" % (
            made.encode(),
            b"parent %s\n" % parent.encode() if parent else b"",
            line,
            moment.encode(),
            line,
            moment.encode(),
        )
        done = subprocess.run(
            ["git", "-C", str(self.folder), "hash-object", "-t", "commit", "-w", "--literally", "--stdin"],
            input=body,
            capture_output=True,
            check=True,
        )
        self.git("update-ref", "HEAD", done.stdout.decode().strip())

    def _head(self) -> str:
        done = subprocess.run(
            ["git", "-C", str(self.folder), "rev-parse", "-q", "--verify", "HEAD"], capture_output=True, check=False
        )
        return done.stdout.decode().strip()

    def _run(self, more: Mapping[str, str | bytes], words: tuple[str, ...]) -> str:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
        done = subprocess.run(
            ["git", "-C", str(self.folder), *words], env={**kept, **more}, capture_output=True, check=False
        )
        assert done.returncode == 0, done.stderr.decode(errors="replace")
        return done.stdout.decode(errors="replace")
