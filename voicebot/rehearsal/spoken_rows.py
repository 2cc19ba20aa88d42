"""Text as the line hears it: spoken by a voice, sent through the telephone, recognised again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import soxr

from voicebot.hearing.evaluation import TELEPHONE_HZ, a_law, edit_distance, scored_words
from voicebot.hearing.recogniser import SAMPLE_RATE_HZ, FloatArray, Recogniser, Transcript
from voicebot.speaking.espeak import EspeakVoice
from voicebot.speaking.normaliser import normalise

# Voices that the recogniser was not trained on, in turn.
VARIANTS = ("el+f3", "el+m5")
_RATE = 0.9
_PEAK = 0.3
_AROUND_MS = 250
# A quiet line: about 35 dB under the speech.
_NOISE_RMS = 0.0015


@dataclass(frozen=True)
class Heard:
    """What became of one text: its words as they were spoken, and what was heard."""

    said: str
    transcript: Transcript

    @property
    def readings(self) -> tuple[tuple[str, float], ...]:
        """The recogniser's readings with their weights, the best first."""
        return tuple((one.text, one.probability) for one in self.transcript.alternatives)


class SpokenRows:
    """Speaks texts and listens to them as an open question does: nothing is expected.

    Deterministic: the n-th text always has the same voice and the same noise.
    """

    def __init__(self, recogniser: Recogniser) -> None:
        self._recogniser = recogniser
        self._voices = [EspeakVoice(variant) for variant in VARIANTS]

    def hear(self, number: int, text: str) -> Heard:
        """Hear the text that stands in a file as row `number` (from 0).

        Raises:
            VoiceError: it could not be spoken.
            RecogniserError: it could not be recognised.
        """
        words = normalise(text)
        voice = self._voices[number % len(self._voices)]
        pcm = np.frombuffer(voice.synthesize(words, rate=_RATE), "<i2")
        samples = (pcm / 32768).astype(np.float32)
        audio = telephone(samples, voice.sample_rate_hz, seed=number)
        return Heard(words, self._recogniser.transcribe(audio))


def telephone(
    samples: FloatArray, rate_hz: int, *, seed: int, snr_db: float | None = None
) -> FloatArray:
    """Speech at the end of a telephone line: A-law at 8 kHz with noise, at 16 kHz.

    Args:
        samples: shape (samples,), mono, in [-1, 1], at `rate_hz`.
        seed: of the noise.
        snr_db: of the whole of the speech to white noise; a quiet line if left out.
    """
    narrow = np.asarray(soxr.resample(samples, rate_hz, TELEPHONE_HZ), dtype=np.float32)
    if (peak := float(np.abs(narrow).max(initial=0.0))) > 0:
        narrow = narrow * np.float32(_PEAK / peak)
    noise_rms = _NOISE_RMS
    if snr_db is not None and len(narrow):
        noise_rms = float(np.sqrt(np.mean(narrow**2))) / 10 ** (snr_db / 20)
    narrow = np.pad(narrow, TELEPHONE_HZ * _AROUND_MS // 1000)
    noise = np.random.default_rng(seed).normal(0.0, noise_rms, len(narrow))
    coded = a_law(np.clip(narrow + noise, -1.0, 1.0).astype(np.float32))
    return np.asarray(soxr.resample(coded, TELEPHONE_HZ, SAMPLE_RATE_HZ), dtype=np.float32)


def hear_all(
    texts: Sequence[str], recogniser: Recogniser, progress: Callable[[int, int], None]
) -> list[Heard]:
    """Hear all texts in order; `progress` is told how many of how many are done."""
    rows = SpokenRows(recogniser)
    heard = []
    for number, text in enumerate(texts):
        heard.append(rows.hear(number, text))
        progress(number + 1, len(texts))
    return heard


def word_error_rate(heard: Sequence[Heard]) -> float:
    """Words wrong by words said, over all rows (0 is perfect)."""
    wrong = words = 0
    for one in heard:
        said = scored_words(one.said)
        wrong += edit_distance(scored_words(one.transcript.text), said)
        words += len(said)
    return round(wrong / max(words, 1), 4)
