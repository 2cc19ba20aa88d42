"""Tells the bot's own voice, come back through the caller's telephone, from the caller.

Echo is what was just played, later and softer; so a stretch of caller audio that correlates with it
at some delay is echo. Both are flattened in spectrum first: otherwise any two vowels of like pitch
would correlate.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

# Measured at 8 kHz through A-law on stretches of 160 ms: two people speaking stay under 0.4 (95 %),
# line echo is above 0.45 (98 %), echo from a room mostly is (85 %).
_THRESHOLD = 0.45
_MIN_SAMPLES = 800
_SILENCE = 1e-9


def is_echo(heard: npt.NDArray[np.int16], played: npt.NDArray[np.int16]) -> bool:
    """Whether `heard` is mostly a late copy of something in `played`.

    Args:
        heard: shape (n,), the last caller audio at 8000 Hz, 0.1 s or more.
        played: shape (m,), what the caller was played up to now, at 8000 Hz.
    """
    return echo_likeness(heard, played) >= _THRESHOLD


def echo_likeness(heard: npt.NDArray[np.int16], played: npt.NDArray[np.int16]) -> float:
    """The highest correlation (0..1) of `heard` with a stretch of `played` of the same length."""
    if len(heard) < _MIN_SAMPLES or len(played) < _MIN_SAMPLES:
        return 0.0
    # Before what was played there was silence, which may be part of what was heard.
    played = np.concatenate((np.zeros(len(heard), dtype=np.int16), played))
    short, long = _flatten(heard), _flatten(played)
    energy = float(np.dot(short, short))
    if energy < _SILENCE:
        return 0.0
    size = 1 << (len(long) + len(short) - 1).bit_length()
    products = np.fft.irfft(np.fft.rfft(long, size) * np.conj(np.fft.rfft(short, size)), size)[
        : len(long) - len(short) + 1
    ]
    cumulated = np.concatenate(([0.0], np.cumsum(long * long)))
    energies = cumulated[len(short) :] - cumulated[: -len(short)]
    likeness = np.abs(products) / np.sqrt(np.maximum(energies, _SILENCE) * energy)
    loud_enough = energies > energies.max() * 1e-3
    return float(likeness[loud_enough].max(initial=0.0))


def _flatten(audio: npt.NDArray[np.int16]) -> npt.NDArray[np.float64]:
    """Linear prediction residual of order 8: the audio without its formants."""
    samples = audio.astype(np.float64) / 32768.0
    order = 8
    correlation = np.array(
        [np.dot(samples[: len(samples) - lag], samples[lag:]) for lag in range(order + 1)]
    )
    correlation[0] = correlation[0] * 1.001 + _SILENCE
    lags = np.abs(np.subtract.outer(np.arange(order), np.arange(order)))
    filter_ = np.linalg.solve(correlation[lags], correlation[1:])
    return np.convolve(samples, np.concatenate(([1.0], -filter_)))[: len(samples)]
