"""What the caller hears: one track at a time, a little ahead of the ear and no more.

Only some 200 ms are handed to the call in advance, so that a stall of this process is not heard and
an interruption is. All audio of the present track is kept, so that an interrupted text can go on
from the sentence that was cut.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable
from enum import StrEnum

import numpy as np

from voicebot.telephony.call import FRAME_BYTES, FRAME_MS, SAMPLE_RATE_HZ, Call

_BYTES_PER_MS = SAMPLE_RATE_HZ // 1000 * 2
LEAD_MS = 200
REFERENCE_MS = 1500
# A pause of the voice this long ends a sentence or a phrase (see the speaker's pauses).
_SENTENCE_GAP_MS = 200
_GAP_PEAK = 200
_ECHO_TAIL_S = 0.3


class TrackEnd(StrEnum):
    """How a track ended."""

    PLAYED = "played"
    STOPPED = "stopped"
    FAILED = "failed"


class Track:
    """One text on its way to the caller's ear.

    Attributes:
        text: what is said.
        interruptible: the caller may speak into it.
        asks: it ends with a question, so that whatever is said into it may be the answer.
        rate: speed of speech.
        gain_db: loudness relative to normal.
        position: bytes handed to the call and not taken back.
        false_interruptions: how often it fell silent for what turned out to be nothing.
    """

    def __init__(
        self,
        text: str,
        *,
        interruptible: bool = True,
        rate: float = 1.0,
        gain_db: float = 0.0,
    ) -> None:
        self.text = text
        self.interruptible = interruptible
        self.asks = text.rstrip().endswith((";", "?", "\u037e"))
        self.rate = rate
        self.gain_db = gain_db
        self.pcm = bytearray()
        self.position = 0
        self.false_interruptions = 0
        self.is_complete = False
        self.ended: asyncio.Future[TrackEnd] = asyncio.get_running_loop().create_future()

    def feed(self, pcm: bytes) -> None:
        """Add audio (16-bit mono PCM at 8000 Hz)."""
        self.pcm += pcm

    def complete(self) -> None:
        """There is no more audio to come."""
        self.is_complete = True

    def end(self, how: TrackEnd) -> None:
        """Settle how it ended; only the first time counts."""
        if not self.ended.done():
            self.ended.set_result(how)

    @property
    def is_over(self) -> bool:
        """True once it has ended in whatever way: its audio is not wanted any more."""
        return self.ended.done()


class Player:
    """Plays tracks into one call. `pump` is called every 20 ms.

    Args:
        call: where the audio goes.
        on_first_audio: called with each track when its first audio is handed to the call.
    """

    def __init__(self, call: Call, on_first_audio: Callable[[Track], None]) -> None:
        self._call = call
        self._on_first_audio = on_first_audio
        self._track: Track | None = None
        self._is_paused = False
        self._recent = bytearray()
        self._audible_at = -math.inf

    @property
    def track(self) -> Track | None:
        """The track under way, playing or paused."""
        return self._track

    @property
    def is_paused(self) -> bool:
        """True between `pause` and `resume`."""
        return self._is_paused

    @property
    def is_audible(self) -> bool:
        """True while the caller hears the bot, or may still hear its echo."""
        now = asyncio.get_running_loop().time()
        if self._call.pending_ms > 0:
            self._audible_at = now
        return now - self._audible_at < _ECHO_TAIL_S

    def play(self, track: Track) -> None:
        """Begin a track; one that is under way is stopped."""
        self.stop()
        self._track = track

    def pump(self) -> None:
        """Hand over what is due."""
        track = self._track
        if track is None or self._is_paused or not self._call.is_up:
            return
        ahead_ms = self._call.pending_ms
        while ahead_ms < LEAD_MS and (size := self._ready(track)):
            if track.position == 0:
                self._on_first_audio(track)
            piece = bytes(track.pcm[track.position : track.position + size])
            self._write(piece)
            track.position += size
            ahead_ms += FRAME_MS
        self._settle(track)

    def pause(self) -> None:
        """Fall silent at once; the track keeps its place."""
        track = self._track
        if track is None or self._is_paused or self._settle(track):
            return
        self._is_paused = True
        self._take_back(track)

    def resume(self) -> None:
        """Go on from the start of the sentence that was cut."""
        if self._track is not None and self._is_paused:
            self._track.position = sentence_start(self._track.pcm, self._track.position)
        self._is_paused = False

    def stop(self) -> None:
        """Fall silent and give the track up."""
        track, self._track = self._track, None
        if track is not None:
            self._take_back(track)
            track.end(TrackEnd.STOPPED)
        self._is_paused = False

    def interject(self, pcm: bytes) -> None:
        """Say something short at once, unless a track is being heard; a track that waits for its
        audio follows after it."""
        if self._track is None or self._track.position == 0:
            self._write(pcm)

    def hush(self) -> None:
        """Drop what was interjected."""
        self._call.clear()

    def reference(self) -> np.ndarray:
        """The last 1.5 s that the caller heard: shape (samples,), int16 at 8000 Hz."""
        unheard = self._call.pending_ms * _BYTES_PER_MS
        heard = bytes(self._recent[: max(0, len(self._recent) - unheard)])
        return np.frombuffer(heard, dtype="<i2")

    def _settle(self, track: Track) -> bool:
        """End a track of which all has been heard; False when there is more."""
        handed_over = track.is_complete and track.position == len(track.pcm)
        if not handed_over or self._call.pending_ms > 0:
            return False
        self._track = None
        track.end(TrackEnd.PLAYED)
        return True

    def _ready(self, track: Track) -> int:
        """Bytes of the next frame; 0 when it is not whole yet."""
        left = len(track.pcm) - track.position
        if left >= FRAME_BYTES:
            return FRAME_BYTES
        return left if track.is_complete else 0

    def _write(self, piece: bytes) -> None:
        self._call.write(piece)
        self._recent += piece
        surplus = len(self._recent) - (REFERENCE_MS + LEAD_MS + 100) * _BYTES_PER_MS
        if surplus > 0:
            del self._recent[:surplus]

    def _take_back(self, track: Track) -> None:
        dropped = min(self._call.clear() * _BYTES_PER_MS, track.position)
        track.position -= dropped
        if dropped:
            del self._recent[max(0, len(self._recent) - dropped) :]


def sentence_start(pcm: bytes | bytearray, position: int) -> int:
    """Where the sentence that plays at `position` (bytes) begins in `pcm`: after the last pause
    of 200 ms before it, or at the start."""
    samples = np.frombuffer(bytes(pcm[: position // 2 * 2]), dtype="<i2")
    frames = len(samples) // (FRAME_BYTES // 2)
    if frames == 0:
        return 0
    blocks = samples[: frames * (FRAME_BYTES // 2)].reshape(frames, -1).astype(np.int32)
    is_silent = np.abs(blocks).max(axis=1) < _GAP_PEAK
    needed = _SENTENCE_GAP_MS // FRAME_MS
    run = 0
    is_sound_after = False
    for frame in range(frames - 1, -1, -1):
        if not is_silent[frame]:
            is_sound_after = True
            run = 0
        elif is_sound_after:
            run += 1
            if run == needed:
                return (frame + needed) * FRAME_BYTES
    return 0
