import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicebot.telephony.rtp import (
    RtpPacket,
    RtpParseError,
    TelephoneEvent,
    lost_between,
    press,
)


@given(
    st.integers(0, 127),
    st.integers(0, 0xFFFF),
    st.integers(0, 0xFFFFFFFF),
    st.integers(0, 0xFFFFFFFF),
    st.binary(max_size=200),
    st.booleans(),
)
def test_what_is_written_is_read_back(
    payload_type: int, sequence: int, timestamp: int, ssrc: int, payload: bytes, marker: bool
) -> None:
    packet = RtpPacket(payload_type, sequence, timestamp, ssrc, payload, marker)
    assert RtpPacket.parse(packet.serialize()) == packet


def test_padding_contributors_and_extension_are_not_payload() -> None:
    header = bytes([0xB1, 0x08]) + b"\0\1" + bytes(8)  # padding, extension, one contributor
    contributor, extension = b"CSRC", b"\0\0\0\1" + b"EXTD"
    datagram = header + contributor + extension + b"audio" + b"\0\0\3"
    assert RtpPacket.parse(datagram).payload == b"audio"


@given(st.binary(max_size=60))
def test_garbage_is_read_or_refused(datagram: bytes) -> None:
    try:
        packet = RtpPacket.parse(datagram)
    except RtpParseError:
        return
    assert len(packet.payload) <= len(datagram) - 12


@pytest.mark.parametrize("datagram", [b"", b"\x80" * 11, b"\x40" + bytes(20), b"\x9f" + bytes(20)])
def test_refuses_what_is_no_rtp(datagram: bytes) -> None:
    with pytest.raises(RtpParseError):
        RtpPacket.parse(datagram)


def test_a_key_press_grows_then_ends_three_times() -> None:
    events = list(press("#", duration_ms=100))
    assert [event.duration for event in events] == [160, 320, 480, 640, 800, 800, 800, 800]
    assert [event.end for event in events] == [False] * 5 + [True] * 3
    assert TelephoneEvent.parse(events[-1].serialize()) == events[-1]


def test_refuses_what_is_no_key() -> None:
    with pytest.raises(ValueError, match="not a telephone key"):
        list(press("x"))
    with pytest.raises(RtpParseError, match="no key"):
        TelephoneEvent.parse(b"\x20\0\0\0")


@pytest.mark.parametrize(
    ("first", "last", "received", "lost"),
    [(10, 19, 10, 0), (10, 19, 8, 2), (0xFFFE, 3, 6, 0), (0xFFFE, 3, 4, 2), (5, 5, 2, 0)],
)
def test_counts_what_never_came(first: int, last: int, received: int, lost: int) -> None:
    assert lost_between(first, last, received) == lost
