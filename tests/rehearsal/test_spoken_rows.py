"""Rows that are spoken, sent through the telephone and recognised before they are understood."""

from __future__ import annotations

import numpy as np

from voicebot.hearing.recogniser import SAMPLE_RATE_HZ, FloatArray, Hypothesis, Transcript
from voicebot.rehearsal.spoken_rows import hear_all, telephone, word_error_rate


class Recorder:
    """A recogniser that keeps what it is given and hears always the same."""

    def __init__(self, text: str) -> None:
        self._text = text
        self.heard: list[FloatArray] = []

    def transcribe(self, audio: FloatArray, *_: object) -> Transcript:
        self.heard.append(audio)
        return Transcript(self._text, 0.9, (Hypothesis(self._text, 0.7), Hypothesis("άλλο", 0.3)))


def test_the_telephone_is_narrow_and_noisy_but_the_same_each_time() -> None:
    tone = np.sin(np.arange(22050) * 2 * np.pi * 440 / 22050).astype(np.float32)
    heard = telephone(tone, 22050, seed=1)
    assert abs(len(heard) / SAMPLE_RATE_HZ - 1.5) < 0.01
    assert float(np.abs(heard[:2000]).max()) > 0
    assert np.array_equal(heard, telephone(tone, 22050, seed=1))
    assert not np.array_equal(heard, telephone(tone, 22050, seed=2))


def test_rows_are_heard_in_order_by_voices_in_turn() -> None:
    recorder = Recorder("θέλω ραντεβού")
    done: list[tuple[int, int]] = []
    rows = ["θέλω ραντεβού", "θέλω 2 ραντεβού"]
    heard = hear_all(rows, recorder, lambda *at: done.append(at))  # type: ignore[arg-type]
    assert done == [(1, 2), (2, 2)]
    assert heard[1].said == "θέλω δύο ραντεβού"
    assert heard[0].readings == (("θέλω ραντεβού", 0.7), ("άλλο", 0.3))
    assert word_error_rate(heard) == 0.2
    assert not np.array_equal(recorder.heard[0][:8000], recorder.heard[1][:8000])
