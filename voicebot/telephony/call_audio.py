"""The audio of one call: between its RTP stream, the program, and a bridged other call."""

from __future__ import annotations

import asyncio
import itertools

import pjsua2 as pj

from voicebot.telephony.call import FRAME_BYTES, FRAME_MS, SAMPLE_RATE_HZ

_SAMPLES_PER_FRAME = SAMPLE_RATE_HZ * FRAME_MS // 1000
_BYTES_PER_MS = SAMPLE_RATE_HZ * 2 // 1000
# Caller audio kept for a program that stalls; older audio is of no use to a conversation.
_UP_LIMIT_MS = 4000
_tokens = itertools.count(1)


class CallAudio:
    """Owns the ring port of a call. All methods run on the thread of the endpoint."""

    def __init__(self) -> None:
        self.token = next(_tokens)
        self._port: pj.RingPort | None = None
        self._stream: pj.AudioMedia | None = None
        self._before_port = bytearray()
        self._partner: CallAudio | None = None
        self._ready = asyncio.Event()
        self._closed = False

    def connect(self, stream: pj.AudioMedia) -> None:
        """Join a (new) RTP stream of the call; what was joined before is gone by itself."""
        if self._closed:
            return
        if self._port is None:
            self._port = pj.RingPort(self.token, SAMPLE_RATE_HZ, _SAMPLES_PER_FRAME, _UP_LIMIT_MS)
            self._port.write_down(self._before_port)
            self._before_port.clear()
        self._stream = stream
        stream.startTransmit(self._port)
        self._port.startTransmit(stream)
        if self._partner is not None:
            self._port.set_quiet(True)
            self._join_partner(self._partner)

    def disconnect(self) -> None:
        """The stream is on hold or gone: silence comes in, what is queued plays to nobody."""
        self._stream = None

    def read(self) -> bytes:
        """Whole frames received since the last read."""
        self._ready.clear()
        frames: bytes = self._port.read_up() if self._port is not None else b""
        return frames

    async def wait(self) -> None:
        """Return when there is something to read, or the call is over."""
        await self._ready.wait()

    def notice(self) -> None:
        """Frames have come, or the call is over."""
        self._ready.set()

    def write(self, pcm: bytes) -> None:
        """Queue audio; dropped while bridged or after the end."""
        if self._closed or self._partner is not None:
            return
        padded = pcm.ljust(-(-len(pcm) // FRAME_BYTES) * FRAME_BYTES, b"\0")
        if self._port is None:
            self._before_port += padded
        else:
            self._port.write_down(padded)

    def clear(self) -> int:
        """Drop audio not played; returns ms."""
        if self._port is None:
            dropped = len(self._before_port)
            self._before_port.clear()
        else:
            dropped = self._port.clear_down()
        return dropped // _BYTES_PER_MS

    @property
    def pending_ms(self) -> int:
        waiting: int = len(self._before_port) if self._port is None else self._port.pending()
        return waiting // _BYTES_PER_MS

    @property
    def overruns(self) -> int:
        """Frames lost because the program did not read for seconds."""
        lost: int = self._port.overruns() if self._port is not None else 0
        return lost

    def bridge(self, other: CallAudio) -> None:
        """Join two calls; both go quiet towards the program."""
        self.unbridge()
        other.unbridge()
        self._partner, other._partner = other, self
        for side in (self, other):
            side.clear()
            if side._port is not None:
                side._port.set_quiet(True)
        self._join_partner(other)

    def unbridge(self) -> None:
        """Part from the other call, if any; both talk to the program again."""
        partner = self._partner
        if partner is None:
            return
        self._partner = partner._partner = None
        if self._stream is not None and partner._stream is not None:
            self._stream.stopTransmit(partner._stream)
            partner._stream.stopTransmit(self._stream)
        for side in (self, partner):
            if side._port is not None:
                side._port.set_quiet(False)

    def end(self) -> None:
        """The call is over. The port lives on until `release`: the bridge still holds it."""
        self._stream = None  # the library has taken its slot out of the bridge already
        self.unbridge()
        self._closed = True
        self._ready.set()

    def release(self) -> None:
        """Let the port go, a second after the call at the earliest."""
        self._port = None

    def _join_partner(self, partner: CallAudio) -> None:
        if self._stream is not None and partner._stream is not None:
            self._stream.startTransmit(partner._stream)
            partner._stream.startTransmit(self._stream)
