"""Level, silence and sample rate of synthesized speech."""

from __future__ import annotations

from typing import cast

import numpy as np
import numpy.typing as npt
import soxr

Samples = npt.NDArray[np.float32]

TARGET_RMS_DBFS = -20.0
PEAK_LIMIT_DBFS = -1.0
_FULL_SCALE = 32768.0
_WINDOW_S = 0.02
# Windows this far below the loudest one are pauses and do not count in the level of the speech.
_ACTIVE_RANGE_DB = 35.0
_SILENCE_DBFS = -60.0


def from_pcm16(pcm: bytes) -> Samples:
    """Signed 16-bit little-endian mono PCM to floats in [-1, 1)."""
    return np.frombuffer(pcm, dtype="<i2").astype(np.float32) / np.float32(_FULL_SCALE)


def to_pcm16(samples: Samples) -> bytes:
    """Floats to signed 16-bit little-endian mono PCM; what lies beyond full scale is clipped."""
    scaled = np.clip(np.rint(samples * _FULL_SCALE), -_FULL_SCALE, _FULL_SCALE - 1)
    return cast(bytes, scaled.astype("<i2").tobytes())


def silence(duration_ms: float, sample_rate_hz: int) -> bytes:
    """PCM of digital silence."""
    return bytes(2 * round(sample_rate_hz * duration_ms / 1000))


def db(ratio: float) -> float:
    """Amplitude ratio in decibels; -200 for nothing at all."""
    return 20.0 * float(np.log10(max(ratio, 1e-10)))


def _window_rms(samples: Samples, sample_rate_hz: int) -> Samples:
    width = max(1, int(_WINDOW_S * sample_rate_hz))
    count = len(samples) // width
    if count == 0:
        return np.sqrt(np.mean(np.square(samples), keepdims=True)) if len(samples) else samples
    frames = samples[: count * width].reshape(count, width)
    return cast(Samples, np.sqrt(np.mean(np.square(frames), axis=1)))


def active_rms_dbfs(samples: Samples, sample_rate_hz: int) -> float:
    """RMS level of the parts that are speech, in dB below full scale; -200 for silence."""
    rms = _window_rms(samples, sample_rate_hz)
    if not len(rms) or rms.max() == 0:
        return -200.0
    active = rms[rms > rms.max() * 10 ** (-_ACTIVE_RANGE_DB / 20)]
    return db(float(np.sqrt(np.mean(np.square(active)))))


def limit_peaks(samples: Samples, peak_dbfs: float = PEAK_LIMIT_DBFS) -> Samples:
    """Bend peaks so that none passes `peak_dbfs`, leaving what lies under half of it untouched.

    A smooth knee sounds cleaner through G.711 than clipping, and needs no look-ahead.
    """
    ceiling = 10 ** (peak_dbfs / 20)
    knee = ceiling / 2
    over = np.abs(samples) - knee
    bent = knee + (ceiling - knee) * np.tanh(np.maximum(over, 0) / (ceiling - knee))
    return cast(Samples, np.where(over > 0, np.sign(samples) * bent, samples).astype(np.float32))


def normalise_level(
    samples: Samples, sample_rate_hz: int, target_dbfs: float = TARGET_RMS_DBFS
) -> Samples:
    """Bring speech to a level, so that every voice and every sentence is equally loud."""
    level = active_rms_dbfs(samples, sample_rate_hz)
    if level < _SILENCE_DBFS:
        return samples
    return limit_peaks(amplify(samples, target_dbfs - level))


def amplify(samples: Samples, gain_db: float) -> Samples:
    """Multiply by a gain in decibels."""
    return samples * np.float32(10 ** (gain_db / 20))


def trim_silence(samples: Samples, sample_rate_hz: int, keep_ms: float = 20.0) -> Samples:
    """Cut silence off both ends, except `keep_ms`."""
    rms = _window_rms(samples, sample_rate_hz)
    loud = np.flatnonzero(rms > 10 ** (_SILENCE_DBFS / 20)) if len(rms) else rms
    if not len(loud):
        return samples[:0]
    width = max(1, int(_WINDOW_S * sample_rate_hz))
    keep = int(keep_ms * sample_rate_hz / 1000)
    start = max(0, int(loud[0]) * width - keep)
    # The part after the last whole window was not measured: never cut into it by less than that.
    end = min(len(samples), (int(loud[-1]) + 2) * width + keep)
    return samples[start:end]


def resample(samples: Samples, from_hz: int, to_hz: int) -> Samples:
    """Change the sample rate with a steep anti-alias filter."""
    if from_hz == to_hz or not len(samples):
        return samples
    return cast(Samples, soxr.resample(samples, from_hz, to_hz, quality="HQ").astype(np.float32))
