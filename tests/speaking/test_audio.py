"""Level, silence and resampling on signals whose answer is known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicebot.speaking import audio

RATE_HZ = 22050


def tone(
    hz: float, amplitude: float, duration_s: float = 1.0, rate_hz: int = RATE_HZ
) -> audio.Samples:
    time = np.arange(int(duration_s * rate_hz)) / rate_hz
    return (amplitude * np.sin(2 * np.pi * hz * time)).astype(np.float32)


def power_at(samples: audio.Samples, hz: float, rate_hz: int) -> float:
    spectrum = np.abs(np.fft.rfft(samples)) / len(samples) * 2
    return float(spectrum[round(hz * len(samples) / rate_hz)])


@given(st.binary(max_size=400).filter(lambda pcm: len(pcm) % 2 == 0))
def test_pcm_survives_the_way_there_and_back(pcm: bytes) -> None:
    assert audio.to_pcm16(audio.from_pcm16(pcm)) == pcm


def test_beyond_full_scale_is_clipped_not_wrapped() -> None:
    loud = np.array([2.0, -2.0], dtype=np.float32)
    assert np.frombuffer(audio.to_pcm16(loud), "<i2").tolist() == [32767, -32768]


@pytest.mark.parametrize("amplitude", [0.01, 0.1, 0.9])
def test_speech_is_brought_to_the_level(amplitude: float) -> None:
    levelled = audio.normalise_level(tone(300, amplitude), RATE_HZ)
    assert audio.active_rms_dbfs(levelled, RATE_HZ) == pytest.approx(-20, abs=0.2)


def test_pauses_do_not_count_in_the_level() -> None:
    speech = tone(300, 0.1)
    with_pause = np.concatenate([speech, np.zeros(3 * RATE_HZ, dtype=np.float32), speech])
    assert audio.active_rms_dbfs(with_pause, RATE_HZ) == pytest.approx(
        audio.active_rms_dbfs(speech, RATE_HZ), abs=0.1
    )


def test_silence_is_not_amplified() -> None:
    hiss = tone(300, 1e-5)
    assert np.array_equal(audio.normalise_level(hiss, RATE_HZ), hiss)
    assert audio.active_rms_dbfs(np.zeros(100, dtype=np.float32), RATE_HZ) == -200


def test_peaks_are_limited_and_quiet_parts_kept() -> None:
    samples = np.concatenate([tone(300, 0.2), tone(300, 3.0)])
    limited = audio.limit_peaks(samples)
    assert np.max(np.abs(limited)) <= 10 ** (-1 / 20)
    assert np.array_equal(limited[:RATE_HZ], samples[:RATE_HZ])


def test_gain_is_in_decibels() -> None:
    assert np.max(audio.amplify(tone(300, 0.1), 6.0)) == pytest.approx(0.1995, rel=0.01)


def test_silence_is_trimmed_and_speech_is_not() -> None:
    quiet = np.zeros(RATE_HZ, dtype=np.float32)
    trimmed = audio.trim_silence(np.concatenate([quiet, tone(300, 0.1, 0.5), quiet]), RATE_HZ)
    assert 0.5 <= len(trimmed) / RATE_HZ < 0.62
    assert len(audio.trim_silence(quiet, RATE_HZ)) == 0


def test_resampling_keeps_the_band_and_drops_what_would_fold() -> None:
    mixed = tone(1000, 0.3) + tone(6000, 0.3)
    at_8k = audio.resample(mixed, RATE_HZ, 8000)
    assert len(at_8k) == pytest.approx(8000, abs=2)
    assert power_at(at_8k, 1000, 8000) == pytest.approx(0.3, rel=0.05)
    assert power_at(at_8k, 2000, 8000) < 0.003


def test_silence_has_its_length() -> None:
    assert audio.silence(250, 8000) == bytes(4000)
