from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from agent.daemon.survey import Survey


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


@pytest.mark.parametrize("call", ["fork", "memfd_create"])
def test_a_host_without_room_for_a_child_fails_a_survey_and_no_agent(
    call: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> int:
        raise OSError(errno.EAGAIN, os.strerror(errno.EAGAIN))

    survey = Survey(dict)
    before = open_files()
    monkeypatch.setattr(os, call, refuse)
    survey.start()
    assert (survey.failed, survey.running, open_files()) == (1, False, before)
