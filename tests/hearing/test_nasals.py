"""A nasal before a stop may be heard or not."""

from __future__ import annotations

import numpy as np
import pytest

from voicebot.hearing import ctc
from voicebot.hearing.greek_sounds import BLANK, SOUNDS
from voicebot.hearing.nasals import either_way
from voicebot.hearing.recogniser import FloatArray


def heard(sounds: str) -> FloatArray:
    """Log-probabilities of a head that is sure of one sound a frame (`_` is silence)."""
    scores = np.full((len(sounds), len(SOUNDS)), 1e-4, np.float32)
    for at, sound in enumerate(sounds):
        scores[at, BLANK if sound == "_" else SOUNDS.index(sound)] = 1.0
    return ctc.log_softmax(np.log(scores))


@pytest.mark.parametrize(
    "sounds",
    ["_σ_ι_ν_d_α_κ_σ_ι_", "_σ_ι_d_α_κ_σ_ι_", "_σ_ι_ν_τ_α_κ_σ_ι_"],
)
def test_the_word_fits_in_each_way_it_is_said(sounds: str) -> None:
    (score,) = ctc.forward_scores(either_way(heard(sounds)), ["σύνταξη"])
    assert score > -5.0


def test_without_it_only_one_way_fits() -> None:
    (score,) = ctc.forward_scores(heard("_σ_ι_ν_d_α_κ_σ_ι_"), ["σύνταξη"])
    assert score < -8


def test_a_nasal_without_a_stop_stays_and_a_stop_without_a_nasal_is_what_it_is() -> None:
    plain = heard("_ν_ε_______τ_α_")
    assert np.allclose(np.exp(either_way(plain)), np.exp(plain), atol=2e-2)
