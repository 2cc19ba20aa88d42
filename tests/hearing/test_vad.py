"""The batched Silero network."""

from __future__ import annotations

import numpy as np
import pytest

from voicebot.hearing.vad import WINDOW_BYTES, WINDOW_SAMPLES, SileroVad


def vowels(seconds: float, pitch_hz: float = 130.0, seed: int = 1) -> bytes:
    """A buzz through formants that move four times a second: near enough to a voice."""
    rate = 8000
    time = np.arange(int(rate * seconds)) / rate
    rng = np.random.default_rng(seed)
    phase = 2 * np.pi * np.cumsum(pitch_hz * (1 + 0.05 * np.sin(2 * np.pi * 3 * time))) / rate
    sound = np.zeros_like(time)
    first = 500 + 250 * np.sin(2 * np.pi * 2.1 * time)
    second = 1500 + 600 * np.sin(2 * np.pi * 1.7 * time + 1)
    for harmonic in range(1, 26):
        at = harmonic * pitch_hz
        gain = 1 / (1 + ((at - first) / 120) ** 2) + 0.6 / (1 + ((at - second) / 160) ** 2)
        sound += gain * np.sin(harmonic * phase + rng.uniform(0, 6))
    sound *= 0.5 * (1 + np.sin(2 * np.pi * 4 * time - 1.5)) + 0.05
    return (sound / np.abs(sound).max() * 9000).astype("<i2").tobytes()


def noise(seconds: float, rms: float = 40.0, seed: int = 2) -> bytes:
    samples = np.random.default_rng(seed).normal(0, rms, int(8000 * seconds))
    return samples.astype("<i2").tobytes()


def test_a_voice_scores_high_and_noise_low() -> None:
    vad = SileroVad()
    stream = vad.open()

    stream.feed(noise(1.0))
    quiet = [scored.probability for scored in vad.score()]
    stream.feed(vowels(1.5))
    voiced = [scored.probability for scored in vad.score()]

    assert max(quiet) < 0.3
    assert np.median(voiced[8:]) > 0.5


def test_audio_comes_back_whole_and_in_order_whatever_its_pieces() -> None:
    vad = SileroVad()
    stream = vad.open()
    audio = noise(0.5)
    scored = []
    for start in range(0, len(audio), 320):
        stream.feed(audio[start : start + 320])
        scored += vad.score()

    whole = len(audio) // WINDOW_BYTES * WINDOW_BYTES
    assert b"".join(window.pcm for window in scored) == audio[:whole]
    assert all(window.stream is stream for window in scored)


def test_calls_in_one_batch_do_not_touch_each_other() -> None:
    alone = SileroVad()
    stream = alone.open()
    stream.feed(vowels(2.0))
    expected = [scored.probability for scored in alone.score()]

    together = SileroVad()
    streams = [together.open() for _ in range(40)]
    for number, other in enumerate(streams):
        other.feed(vowels(2.0) if number == 7 else noise(2.0, rms=500, seed=number))
    scores = [s.probability for s in together.score() if s.stream is streams[7]]

    assert scores == pytest.approx(expected, abs=1e-4)


def test_a_row_that_is_used_again_starts_afresh() -> None:
    vad = SileroVad()
    first = vad.open()
    first.feed(vowels(1.0))
    fresh = [scored.probability for scored in vad.score()]
    vad.close(first)
    vad.close(first)

    second = vad.open()
    second.feed(vowels(1.0))

    assert second.row == first.row
    assert [scored.probability for scored in vad.score()] == pytest.approx(fresh, abs=1e-6)


def test_a_closed_stream_is_not_scored() -> None:
    vad = SileroVad()
    stream = vad.open()
    stream.feed(noise(1.0))
    vad.close(stream)

    assert vad.score() == []


def test_the_state_is_reset_in_quiet_but_never_in_speech() -> None:
    vad = SileroVad()
    quiet, speaking = vad.open(), vad.open()
    speaking.in_speech = True
    for _ in range(70):
        for stream in (quiet, speaking):
            stream.feed(bytes(WINDOW_SAMPLES * 2))
        vad.score()

    assert vad._windows_since_reset[quiet.row] < 63
    assert vad._windows_since_reset[speaking.row] == 70
