"""git as a child: with nobody's settings, without network, hooks, pagers and locks, for a limited time."""

from __future__ import annotations

import io
import os
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Self, cast

from agent.errors import FailedError
from analyzers.model.message import N_, message

CHUNK_BYTES = 1 << 16
MOST_TOKEN_BYTES = 1 << 20
"""A name or a path longer than this is no history."""

RENAME_LIMIT = 1000
"""Files of one commit among which git looks for renamings that also changed the text: its own default, made sure."""

_SETTINGS = (
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "safe.directory=*",
    "protocol.allow=never",
    "log.showRoot=true",
    "log.follow=false",
    f"diff.renameLimit={RENAME_LIMIT}",
)


class TooSlowError(FailedError):
    """A history that takes longer than it may."""


class running:  # noqa: N801 - used as a function
    """A git that runs, its answer as pieces between NUL; it ends with the block, whatever happens."""

    def __init__(self, folder: Path, limit: float, *words: str) -> None:
        self._folder = folder
        self._limit = limit
        self._words = words
        self._said: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed on leaving

    def __enter__(self) -> Self:
        try:
            self._git = subprocess.Popen(  # noqa: S603 - fixed words, no shell
                _command(self._folder, *self._words),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=self._said,
                env=_environment(os.environ),
            )
        except OSError as error:
            self._said.close()
            raise _absent(error) from error
        self._end = time.monotonic() + self._limit
        self._timer = threading.Timer(self._limit, self._git.kill)
        self._timer.daemon = True
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        self._git.kill()
        assert self._git.stdout is not None
        self._git.stdout.close()
        self._git.wait()
        self._said.close()

    def read(self) -> Iterator[bytes]:
        """Yield the pieces; at the end, raise what went wrong."""
        said = cast("io.BufferedReader", self._git.stdout)
        rest = b""
        while chunk := said.read1(CHUNK_BYTES):
            *whole, rest = (rest + chunk).split(b"\0")
            yield from whole
            if len(rest) > MOST_TOKEN_BYTES:
                raise FailedError(message(N_("a name in its history is too long to be one")), str(self._folder))
        if rest:
            yield rest
        code = self._git.wait()
        if time.monotonic() > self._end:
            template = N_("reading its history took longer than {seconds} seconds")
            raise TooSlowError(
                message(template, seconds=round(self._limit)),
                str(self._folder),
                message(N_("allow more with --time-limit")),
            )
        if code != 0:
            self._said.seek(0)
            words = self._said.read(CHUNK_BYTES).decode("utf-8", "replace").strip() or str(code)
            raise FailedError(
                message(N_("git cannot read it: {cause}"), cause=words.splitlines()[0]), str(self._folder)
            )


def ask(folder: Path, *words: str) -> bytes | None:
    """Return what a short git command says, None when it fails."""
    try:
        done = subprocess.run(  # noqa: S603 - fixed words, no shell
            _command(folder, *words),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            env=_environment(os.environ),
            timeout=60,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return None
    except OSError as error:
        raise _absent(error) from error
    return done.stdout if done.returncode == 0 else None


def _absent(error: OSError) -> FailedError:
    cause = error.strerror or str(error)
    return FailedError(message(N_("git cannot be run: {cause}"), cause=cause), "", message(N_("install git")))


def _command(folder: Path, *words: str) -> list[str]:
    settings = [word for each in _SETTINGS for word in ("-c", each)]
    return ["git", "--no-pager", *settings, "-C", str(folder), *words]


def _environment(environ: Mapping[str, str]) -> dict[str, str]:
    """Return an environment in which git reads the given repository and nobody's settings."""
    kept = {name: value for name, value in environ.items() if not name.startswith("GIT_")}
    return {
        **kept,
        "LC_ALL": "C",
        "LANGUAGE": "C",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
    }
