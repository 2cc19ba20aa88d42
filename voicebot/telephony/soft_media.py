"""One RTP stream of the softphone: paces what is sent, time-stamps what arrives."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import socket
import struct
import time
from collections import deque
from typing import NamedTuple

from voicebot.telephony import g711
from voicebot.telephony.call import FRAME_BYTES, FRAME_MS, SAMPLE_RATE_HZ
from voicebot.telephony.g711 import Law
from voicebot.telephony.rtp import (
    RtpPacket,
    RtpParseError,
    TelephoneEvent,
    lost_between,
    press,
)
from voicebot.telephony.sdp import AudioStream

_FRAME_S = FRAME_MS / 1000
_SAMPLES = SAMPLE_RATE_HZ * FRAME_MS // 1000
_SILENCE = bytes(FRAME_BYTES)
# Linux: the kernel notes when a packet came, however late this process gets to read it. The
# socket module has no names for these.
_SO_TIMESTAMPNS = 35
_TIMESPEC = struct.Struct("@ll")


class ReceivedFrame(NamedTuple):
    """Audio of one packet: when it came (`time.monotonic` seconds), and its PCM."""

    time_s: float
    pcm: bytes
    sequence: int


class MediaStream:
    """Sends one packet every 20 ms from `start` to `close`: what was queued, else silence."""

    def __init__(self, host: str) -> None:
        self.received: list[ReceivedFrame] = []
        self.keys: list[str] = []
        self.sent_packets = 0
        self.muted = False
        self._socket = _bound_socket(host)
        self._remote: AudioStream | None = None
        self._queue: deque[bytes | tuple[TelephoneEvent, bool]] = deque()
        self._sent_at_s = time.monotonic()
        self._idle = asyncio.Event()
        self._idle.set()
        self._arrived = asyncio.Event()
        self._timer: asyncio.TimerHandle | None = None
        self._next_s = 0.0
        self._sequence = secrets.randbelow(0x8000)
        self._timestamp = secrets.randbelow(0x40000000)
        self._event_timestamp = 0
        self._ssrc = secrets.randbits(32)
        self._first_packet = True
        self._last_key: tuple[int, str] | None = None
        self._closed = False
        self._packets = 0
        self._first_sequence: int | None = None
        self._last_sequence = 0

    @property
    def port(self) -> int:
        """Local UDP port."""
        port: int = self._socket.getsockname()[1]
        return port

    def start(self, remote: AudioStream) -> None:
        """Begin, or go on with another address or codec after a re-INVITE."""
        self._remote = remote
        if self._timer is None and not self._closed:
            loop = asyncio.get_running_loop()
            loop.add_reader(self._socket.fileno(), self._read)
            self._next_s = loop.time()
            self._tick()

    def send(self, pcm: bytes) -> None:
        """Queue audio; the last frame is padded with silence."""
        for start in range(0, len(pcm), FRAME_BYTES):
            self._queue.append(pcm[start : start + FRAME_BYTES].ljust(FRAME_BYTES, b"\0"))
        if pcm:
            self._idle.clear()

    def send_keys(self, keys: str, *, duration_ms: int, gap_ms: int) -> None:
        """Queue key presses after the audio queued so far."""
        for key in keys:
            for number, event in enumerate(press(key, duration_ms=duration_ms)):
                self._queue.append((event, number == 0))
            self._queue.extend([_SILENCE] * max(1, gap_ms // FRAME_MS))
            self._idle.clear()

    async def drained(self) -> float:
        """Wait until the queue is empty; returns when its last packet was sent."""
        await self._idle.wait()
        return self._sent_at_s

    async def wait_beyond(self, count: int) -> bool:
        """Wait until more than `count` frames have come; False if the stream closed first."""
        while len(self.received) <= count and not self._closed:
            self._arrived.clear()
            await self._arrived.wait()
        return len(self.received) > count

    @property
    def lost(self) -> int:
        """Packets that never came, judged by sequence numbers."""
        if self._first_sequence is None:
            return 0
        return lost_between(self._first_sequence, self._last_sequence, self._packets)

    def close(self) -> None:
        """Stop sending and receiving; safe to call twice."""
        if self._closed:
            return
        self._closed = True
        if self._timer is not None:
            self._timer.cancel()
            asyncio.get_running_loop().remove_reader(self._socket.fileno())
        self._socket.close()
        self._queue.clear()
        self._idle.set()
        self._arrived.set()

    def _tick(self) -> None:
        loop = asyncio.get_running_loop()
        now = loop.time()
        # After a stall, catch up with what was due, as the sound card of a real phone would.
        while self._next_s <= now:
            self._send_one()
            self._next_s += _FRAME_S
        self._timer = loop.call_at(self._next_s, self._tick)

    def _send_one(self) -> None:
        remote = self._remote
        assert remote is not None
        if self._queue:
            item: bytes | tuple[TelephoneEvent, bool] = self._queue.popleft()
            self._sent_at_s = time.monotonic()
            if not self._queue:
                self._idle.set()
        else:
            item = _SILENCE
        self._sequence = (self._sequence + 1) & 0xFFFF
        self._timestamp = (self._timestamp + _SAMPLES) & 0xFFFFFFFF
        if self.muted or remote.direction in ("sendonly", "inactive"):
            return
        if isinstance(item, bytes):
            packet = self._packet(int(remote.law), g711.encode(remote.law, item), self._timestamp)
        elif remote.event_type is None:
            return
        else:
            event, is_first = item
            if is_first:
                self._event_timestamp = self._timestamp
            packet = self._packet(
                remote.event_type, event.serialize(), self._event_timestamp, marker=is_first
            )
        with contextlib.suppress(OSError):  # the peer's port may be closed already
            self._socket.sendto(packet.serialize(), (remote.host, remote.port))
        self.sent_packets += 1

    def _packet(
        self, payload_type: int, payload: bytes, timestamp: int, *, marker: bool = False
    ) -> RtpPacket:
        marker = marker or self._first_packet
        self._first_packet = False
        return RtpPacket(payload_type, self._sequence, timestamp, self._ssrc, payload, marker)

    def _read(self) -> None:
        while not self._closed:
            try:
                datagram, ancillary, _, _ = self._socket.recvmsg(2048, 64)
            except BlockingIOError:
                return
            except OSError:
                continue  # an ICMP error of an earlier send; what has come is still there
            try:
                self._receive(RtpPacket.parse(datagram), _arrival_s(ancillary))
            except RtpParseError:
                continue

    def _receive(self, packet: RtpPacket, time_s: float) -> None:
        remote = self._remote
        self._packets += 1
        self._last_sequence = packet.sequence
        if self._first_sequence is None:
            self._first_sequence = packet.sequence
        if remote is not None and packet.payload_type == remote.event_type:
            event = TelephoneEvent.parse(packet.payload)
            press_id = (packet.timestamp, event.key)
            if press_id != self._last_key:
                self._last_key = press_id
                self.keys.append(event.key)
        elif packet.payload_type in (Law.PCMA, Law.PCMU):
            pcm = g711.decode(Law(packet.payload_type), packet.payload)
            self.received.append(ReceivedFrame(time_s, pcm, packet.sequence))
            self._arrived.set()


def _bound_socket(host: str) -> socket.socket:
    """A socket on an even port, as RTP wants, with arrival times from the kernel."""
    for _ in range(200):
        candidate = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        candidate.bind((host, 0))
        if candidate.getsockname()[1] % 2 == 0:
            candidate.setblocking(False)
            candidate.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 18)
            with contextlib.suppress(OSError):
                candidate.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)
            return candidate
        candidate.close()
    raise OSError(f"no free even UDP port on {host}")


def _arrival_s(ancillary: list[tuple[int, int, bytes]]) -> float:
    now_s = time.monotonic()
    for level, kind, data in ancillary:
        if level == socket.SOL_SOCKET and kind == _SO_TIMESTAMPNS and len(data) >= _TIMESPEC.size:
            seconds, nanoseconds = _TIMESPEC.unpack_from(data)
            waited_s = time.time() - (seconds + nanoseconds / 1e9)
            # A clock set meanwhile would show as an absurd wait: then trust the reading time.
            return now_s - waited_s if 0.0 <= waited_s < 60.0 else now_s
    return now_s
