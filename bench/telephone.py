"""Speech and noise as a telephone carries them: 16-bit mono PCM at 8000 Hz through G.711 A-law."""

from __future__ import annotations

from functools import cache, lru_cache

import numpy as np
import numpy.typing as npt
import soxr

from voicebot.rehearsal.ear import trim_silence
from voicebot.speaking.espeak import EspeakVoice
from voicebot.telephony.g711 import Law, decode, encode

RATE_HZ = 8000
# Neither the embedded recogniser was trained on these nor does the line speak with them.
VOICES = ("el+f3", "el+m5", "el+Andrea")
_SPEECH_PEAK = 9000.0

Samples = npt.NDArray[np.float32]


@cache
def _voice(name: str) -> EspeakVoice:
    return EspeakVoice(name)


@lru_cache(maxsize=4096)
def spoken(text: str, voice: str, rate: float = 1.0) -> bytes:
    """A text by an espeak-ng voice, without silence around it.

    Args:
        text: what to say.
        voice: espeak-ng's name: "el+f3", "de".
        rate: 1 is normal speed.
    """
    speaker = _voice(voice)
    samples = np.frombuffer(speaker.synthesize(text, rate=rate), "<i2").astype(np.float32)
    if not len(samples):
        return b""
    narrow = soxr.resample(samples, speaker.sample_rate_hz, RATE_HZ)
    narrow *= _SPEECH_PEAK / max(float(np.abs(narrow).max()), 1.0)
    return trim_silence(narrow.astype("<i2").tobytes())


def silence(ms: float) -> bytes:
    """Digital silence."""
    return bytes(2 * round(RATE_HZ * ms / 1000))


def on_the_line(pcm: bytes, noise_dbfs: float | None, rng: np.random.Generator) -> bytes:
    """What arrives: with the noise of the place (pink, at a level in dBFS) and through A-law."""
    samples = np.frombuffer(pcm, "<i2").astype(np.float32)
    if noise_dbfs is not None:
        samples = samples + pink(len(samples), rng) * 32768 * 10 ** (noise_dbfs / 20)
    narrow = np.clip(samples, -32768, 32767).astype("<i2").tobytes()
    return decode(Law.PCMA, encode(Law.PCMA, narrow))


def pink(count: int, rng: np.random.Generator) -> Samples:
    """Noise of equal power an octave, RMS 1."""
    spectrum = np.fft.rfft(rng.standard_normal(count))
    spectrum /= np.sqrt(np.maximum(np.arange(len(spectrum)), 20.0))
    noise = np.fft.irfft(spectrum, count)
    return np.asarray(noise / max(float(noise.std()), 1e-9), np.float32)
