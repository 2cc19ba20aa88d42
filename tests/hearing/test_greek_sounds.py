"""Greek spelling to sounds, and the features of Whisper."""

from __future__ import annotations

import numpy as np
import pytest
from faster_whisper.feature_extractor import FeatureExtractor

from voicebot.hearing.features import log_mel, mel_filters
from voicebot.hearing.greek_sounds import SOUNDS, sound_ids, sounds


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("ουρανός", "υρανοσ"), ("γάιδαρος", "γαιδαροσ"), ("γαϊδούρι", "γαιδυρι"),
        ("ευχαριστώ", "εφχαριστο"), ("αύριο", "αβριο"), ("Εύβοια", "εβια"), ("άυλος", "αιλοσ"),
        ("μπαμπάς", "bαbασ"), ("άγγελος", "αgελοσ"), ("σύγχρονος", "σινχρονοσ"),
        ("τζάμι", "dζαμι"), ("εννέα", "ενεα"), ("ξύλο ψωμί", "κσιλοπσομι"), ("υιοί", "ιι"),
        ("ναι, όχι; 5", "νεοχι"), ("", ""),
    ],
)  # fmt: skip
def test_words_are_written_as_they_sound(text: str, said: str) -> None:
    assert sounds(text) == said
    assert all(0 < i < len(SOUNDS) for i in sound_ids(text))


def test_features_are_those_of_whisper() -> None:
    rng = np.random.default_rng(0)
    audio = (rng.standard_normal(16000 * 3 + 77) * 0.1).astype(np.float32)
    reference = FeatureExtractor()
    np.testing.assert_allclose(mel_filters(), reference.mel_filters, atol=1e-7)
    np.testing.assert_allclose(log_mel(audio), reference(audio, padding=0), atol=1e-5)


def test_features_of_too_little_audio_are_refused() -> None:
    with pytest.raises(ValueError, match="at least 400 samples"):
        log_mel(np.zeros(399, np.float32))
    with pytest.raises(ValueError, match="one channel"):
        log_mel(np.zeros((2, 8000), np.float32))
