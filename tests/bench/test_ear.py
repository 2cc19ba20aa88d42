"""The arithmetic and the sounds of the ear's benches; what they measure is no test."""

from __future__ import annotations

import numpy as np
import pytest

from bench.endpointing import _afm, _dictated, _state
from bench.sounds import SOUNDS
from bench.telephone import on_the_line, silence, spoken
from voicebot.understanding.identifiers import parse_afm, validate_afm


def test_ends_are_counted_once_each() -> None:
    state = _state([400.0, 300.0, 500.0, -900.0, -50.0, None])

    assert state.answers == 6
    assert state.cut_off == pytest.approx(1 / 6, abs=1e-3)
    assert state.missed == pytest.approx(1 / 6, abs=1e-3)
    assert state.p50_ms == 350


def test_numbers_are_said_in_groups_and_their_check_digit_is_right() -> None:
    for seed in range(20):
        groups = _afm(np.random.default_rng(seed))
        assert len(groups) in (3, 5)
        number = parse_afm(" ".join(groups))[0].value
        assert validate_afm(number) is None
    assert " ".join(_dictated("090045", np.random.default_rng(1))).startswith("μηδέν")


@pytest.mark.parametrize("name", SOUNDS)
def test_every_sound_lasts_as_long_as_asked_and_is_the_same_again(name: str) -> None:
    first, again = (SOUNDS[name](3.0, np.random.default_rng(5)) for _ in range(2))

    assert first == again
    assert len(first) >= 3.0 * 16000
    samples = np.frombuffer(first, "<i2").astype(float)
    assert bool(np.abs(samples).max() > 20) is (name != "silence")


def test_the_line_adds_its_noise_at_the_level_asked_for() -> None:
    rng = np.random.default_rng(2)
    noise = np.frombuffer(on_the_line(silence(4000), -40.0, rng), "<i2").astype(float)
    assert 20 * np.log10(np.sqrt(np.mean(noise**2)) / 32768) == pytest.approx(-40, abs=1)
    assert np.abs(np.frombuffer(on_the_line(silence(100), None, rng), "<i2")).max() <= 8


def test_speech_has_no_silence_around_it() -> None:
    samples = np.frombuffer(spoken("ναι", "el+f3"), "<i2")
    assert 0.1 < len(samples) / 8000 < 1.0
    assert np.abs(samples[:160]).max() > 100
