"""RTP packets (RFC 3550) and telephone events (RFC 4733), apart from any I/O."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

DTMF_KEYS = "0123456789*#ABCD"
_HEADER = struct.Struct("!BBHII")
_EVENT = struct.Struct("!BBH")
_VOLUME_DBM0 = 10


class RtpParseError(ValueError):
    """The bytes are not an RTP packet."""


@dataclass(frozen=True)
class RtpPacket:
    """One packet. `timestamp` counts samples and `sequence` packets; both wrap."""

    payload_type: int
    sequence: int
    timestamp: int
    ssrc: int
    payload: bytes
    marker: bool = False

    @classmethod
    def parse(cls, datagram: bytes) -> RtpPacket:
        """Read one datagram.

        Raises:
            RtpParseError: it is too short, of another version, or its lengths do not fit.
        """
        if len(datagram) < _HEADER.size:
            raise RtpParseError("shorter than an RTP header")
        first, second, sequence, timestamp, ssrc = _HEADER.unpack_from(datagram)
        if first >> 6 != 2:
            raise RtpParseError(f"RTP version {first >> 6}")
        start = _HEADER.size + 4 * (first & 0x0F)
        if first & 0x10:
            if len(datagram) < start + 4:
                raise RtpParseError("header extension cut short")
            start += 4 + 4 * struct.unpack_from("!H", datagram, start + 2)[0]
        end = len(datagram)
        if first & 0x20:
            end -= datagram[-1]
        if start > end:
            raise RtpParseError("lengths do not fit")
        return cls(
            payload_type=second & 0x7F,
            sequence=sequence,
            timestamp=timestamp,
            ssrc=ssrc,
            payload=datagram[start:end],
            marker=bool(second & 0x80),
        )

    def serialize(self) -> bytes:
        """The bytes for the wire."""
        second = self.payload_type | (0x80 if self.marker else 0)
        header = _HEADER.pack(
            0x80, second, self.sequence & 0xFFFF, self.timestamp & 0xFFFFFFFF, self.ssrc
        )
        return header + self.payload


@dataclass(frozen=True)
class TelephoneEvent:
    """The payload of one RFC 4733 packet. `duration` counts samples since the key went down."""

    key: str
    end: bool
    duration: int

    @classmethod
    def parse(cls, payload: bytes) -> TelephoneEvent:
        """Read a payload.

        Raises:
            RtpParseError: it is no key of a telephone.
        """
        if len(payload) < _EVENT.size:
            raise RtpParseError("telephone event cut short")
        event, flags, duration = _EVENT.unpack_from(payload)
        if event >= len(DTMF_KEYS):
            raise RtpParseError(f"telephone event {event} is no key")
        return cls(DTMF_KEYS[event], bool(flags & 0x80), duration)

    def serialize(self) -> bytes:
        """The bytes for the wire."""
        flags = _VOLUME_DBM0 | (0x80 if self.end else 0)
        return _EVENT.pack(DTMF_KEYS.index(self.key), flags, self.duration)


def press(key: str, *, duration_ms: int = 160, packet_ms: int = 20) -> Iterator[TelephoneEvent]:
    """The events of one key press at 8 kHz, one a packet; the end is sent three times.

    Raises:
        ValueError: no such key.
    """
    if key not in DTMF_KEYS:
        raise ValueError(f"not a telephone key: {key!r}")
    steps = max(1, duration_ms // packet_ms)
    for step in range(1, steps + 1):
        yield TelephoneEvent(key, end=False, duration=step * packet_ms * 8)
    for _ in range(3):
        yield TelephoneEvent(key, end=True, duration=steps * packet_ms * 8)


def lost_between(first: int, last: int, received: int) -> int:
    """Packets missing among `received` ones whose sequence numbers run from first to last."""
    return max(0, ((last - first) & 0xFFFF) + 1 - received)
