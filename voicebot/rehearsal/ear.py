"""When the other side speaks, judged by the energy of what arrives on the wire."""

from __future__ import annotations

import numpy as np

# A codec's comfort or idle noise stays far below this; the quietest speech of the line far above.
SPEECH_DBFS = -45.0


def level_dbfs(pcm: bytes) -> float:
    """Level of signed 16-bit PCM relative to full scale, in dB; -inf for silence or nothing."""
    samples = np.frombuffer(pcm, dtype="<i2").astype(np.float64)
    if not samples.size:
        return float("-inf")
    rms = float(np.sqrt(np.mean(samples * samples)))
    return 20.0 * float(np.log10(rms / 32768.0)) if rms > 0 else float("-inf")


def trim_silence(pcm: bytes, *, frame_bytes: int = 320, floor_dbfs: float = -50.0) -> bytes:
    """Cut silence off both ends, so that the end of the audio is the end of the speech."""
    frames = [pcm[at : at + frame_bytes] for at in range(0, len(pcm), frame_bytes)]
    loud = [index for index, frame in enumerate(frames) if level_dbfs(frame) > floor_dbfs]
    if not loud:
        return b""
    return b"".join(frames[loud[0] : loud[-1] + 1])


class Ear:
    """Follows the other side's speech packet by packet. Times are monotonic seconds."""

    def __init__(self) -> None:
        self.spans: list[tuple[float, float]] = []
        """Start and end of each stretch of speech, gaps up to 200 ms closed."""

    def hear(self, time_s: float, pcm: bytes, *, duration_s: float = 0.02) -> None:
        """Take the next packet."""
        if level_dbfs(pcm) < SPEECH_DBFS:
            return
        if self.spans and time_s - self.spans[-1][1] <= 0.2:
            self.spans[-1] = (self.spans[-1][0], time_s + duration_s)
        else:
            self.spans.append((time_s, time_s + duration_s))

    @property
    def last_speech_s(self) -> float | None:
        """When speech was last heard."""
        return self.spans[-1][1] if self.spans else None

    def first_speech_after(self, time_s: float) -> float | None:
        """When speech was first heard at or after a time; one that had begun counts at once."""
        for start, end in self.spans:
            if end > time_s:
                return max(start, time_s)
        return None
