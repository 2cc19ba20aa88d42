"""The ear that judges latency on the wire."""

import numpy as np

from voicebot.rehearsal.ear import Ear, level_dbfs, trim_silence

SILENCE = bytes(320)


def tone(level: float = 0.1, frames: int = 1) -> bytes:
    time = np.arange(160 * frames) / 8000
    return (np.sin(2 * np.pi * 440 * time) * level * 32767).astype("<i2").tobytes()


def test_level_of_a_full_scale_sine_is_minus_3_dbfs() -> None:
    assert abs(level_dbfs(tone(1.0, 50)) + 3.01) < 0.1
    assert level_dbfs(SILENCE) == float("-inf")
    assert level_dbfs(b"") == float("-inf")


def test_trim_keeps_the_speech_and_the_pauses_within_it() -> None:
    speech = tone(frames=3) + SILENCE * 10 + tone(frames=2)
    assert trim_silence(SILENCE * 7 + speech + SILENCE * 9) == speech
    assert trim_silence(SILENCE * 5) == b""


def test_spans_close_short_gaps_and_find_the_first_speech_after_a_time() -> None:
    ear = Ear()
    for index in range(200):
        time_s = index * 0.02
        speaking = 0.2 <= time_s < 0.6 or 0.7 <= time_s < 1.0 or 2.0 <= time_s < 3.0
        ear.hear(time_s, tone() if speaking else SILENCE)
    assert [(round(start, 2), round(end, 2)) for start, end in ear.spans] == [
        (0.2, 1.0),
        (2.0, 3.0),
    ]
    assert ear.last_speech_s is not None
    assert round(ear.first_speech_after(1.2) or 0, 2) == 2.0
    assert ear.first_speech_after(2.5) == 2.5
    assert ear.first_speech_after(3.5) is None
