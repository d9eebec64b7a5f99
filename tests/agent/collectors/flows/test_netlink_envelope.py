from __future__ import annotations

import errno
import os
import struct
from collections.abc import Sequence
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.collectors.flows.netlink import Link, NonsenseError, RefusedError, attributes, messages
from tests.agent.collectors.flows.recorded_answers import DONE, TCP_LISTENING, TCP_TIME_WAIT, enveloped


class Kernel:
    """Says what a test wrote, one datagram a time, then nothing until the patience ends."""

    def __init__(self, *said: bytes | OSError, sender: int = 0, flags: int = 0) -> None:
        self.said = list(said)
        self.asked: list[bytes] = []
        self.sender = sender
        self.flags = flags

    def sendto(self, data: bytes, _: tuple[int, int]) -> int:
        self.asked.append(data)
        return len(data)

    def recvmsg(self, _: int) -> tuple[bytes, list[object], int, tuple[int, int]]:
        if not self.said:
            raise TimeoutError(errno.ETIMEDOUT, "timed out")
        said = self.said.pop(0)
        if isinstance(said, OSError):
            raise said
        return said, [], self.flags, (self.sender, 0)

    def close(self) -> None:
        self.said = []


def link_to(kernel: Kernel) -> Link:
    link = Link()
    link._socket.close()
    link._socket = kernel  # type: ignore[assignment]
    return link


def done(sequence: int = 1, code: int = 0, flags: int = 2) -> bytes:
    return enveloped(struct.pack("=i", code), kind=3, flags=flags, sequence=sequence)


def test_messages_and_their_end_are_read_in_order() -> None:
    read = list(messages(enveloped(TCP_LISTENING, TCP_TIME_WAIT) + DONE))
    assert [(kind, payload) for kind, _, _, payload in read] == [
        (20, TCP_LISTENING),
        (20, TCP_TIME_WAIT),
        (3, bytes(4)),
    ]


@pytest.mark.parametrize("length", [0, 1, 15, 21, 0x7FFFFFFF, 0xFFFFFFFF])
def test_a_length_that_cannot_be_is_refused(length: int) -> None:
    with pytest.raises(NonsenseError, match=str(length)):
        list(messages(struct.pack("=IHHII", length, 20, 2, 1, 0) + bytes(4)))


@pytest.mark.parametrize("length", [0, 3, 9, 0xFFFF])
def test_an_attribute_whose_length_cannot_be_is_refused(length: int) -> None:
    with pytest.raises(NonsenseError, match=str(length)):
        list(attributes(struct.pack("=HH", length, 21) + bytes(4), 0))


@given(st.binary(max_size=300))
def test_random_bytes_are_read_or_refused_and_never_read_past_their_end(data: bytes) -> None:
    for walk in (lambda: [len(each[3]) for each in messages(data)], lambda: [end for _, _, end in attributes(data, 0)]):
        with suppress(NonsenseError):
            assert all(each <= len(data) for each in walk())


@given(st.integers(0, 400), st.lists(st.tuples(st.integers(0, 399), st.integers(0, 255)), max_size=6))
def test_a_real_answer_cut_or_overwritten_anywhere_ends(length: int, changes: Sequence[tuple[int, int]]) -> None:
    data = bytearray(enveloped(TCP_LISTENING, TCP_TIME_WAIT, TCP_LISTENING) + DONE)
    for at, value in changes:
        data[at % len(data)] = value
    cut = bytes(data[:length])
    with suppress(NonsenseError):
        assert len(list(messages(cut))) <= len(cut) // 16


def test_a_dump_yields_until_its_end_and_counts() -> None:
    link = link_to(Kernel(enveloped(TCP_LISTENING), enveloped(TCP_TIME_WAIT), done()))
    assert list(link.dump(b"")) == [TCP_LISTENING, TCP_TIME_WAIT]
    assert (link.tally.messages, link.tally.interrupted, link.tally.torn) == (2, 0, 0)


def test_answers_to_another_question_or_from_another_program_are_no_answers() -> None:
    link = link_to(Kernel(enveloped(TCP_LISTENING, sequence=9), done()))
    assert list(link.dump(b"")) == []
    with pytest.raises(RefusedError):
        list(link_to(Kernel(enveloped(TCP_LISTENING), done(), sender=4711)).dump(b""))


def test_an_interrupted_dump_is_asked_again() -> None:
    kernel = Kernel(enveloped(TCP_LISTENING, flags=0x12), done(), enveloped(TCP_LISTENING, sequence=2), done(2))
    link = link_to(kernel)
    assert set(link.dump(b"")) == {TCP_LISTENING}
    assert (len(kernel.asked), link.tally.interrupted, link.tally.torn) == (2, 1, 0)


def test_a_table_that_never_stands_still_is_torn_and_said_to_be() -> None:
    kernel = Kernel(*(done(sequence, flags=0x12) for sequence in (1, 2, 3, 4)))
    link = link_to(kernel)
    assert list(link.dump(b"")) == []
    assert (len(kernel.asked), link.tally.interrupted, link.tally.torn) == (3, 3, 1)


@pytest.mark.parametrize(
    "said",
    [
        enveloped(struct.pack("=i", -errno.EPERM), kind=2),
        done(code=-errno.ENOENT),
        OSError(errno.ENOBUFS, os.strerror(errno.ENOBUFS)),
    ],
)
def test_what_the_kernel_refuses_is_refused_in_its_words(said: bytes | OSError) -> None:
    with pytest.raises(RefusedError, match=r"not permitted|No such file|buffer space"):
        list(link_to(Kernel(said)).dump(b""))


def test_a_kernel_that_says_nothing_is_not_waited_for() -> None:
    with pytest.raises(RefusedError, match="timed out"):
        list(link_to(Kernel()).dump(b""))


@pytest.mark.parametrize("kernel", [Kernel(b""), Kernel(done(), flags=0x20), Kernel(enveloped(b"", kind=2))])
def test_a_cut_datagram_is_nonsense(kernel: Kernel) -> None:
    with pytest.raises(NonsenseError):
        list(link_to(kernel).dump(b""))


@given(st.lists(st.binary(max_size=120), max_size=4))
def test_a_dump_of_garbage_ends(said: list[bytes]) -> None:
    link = link_to(Kernel(*said))
    with pytest.raises((NonsenseError, RefusedError)):
        list(link.dump(b""))
