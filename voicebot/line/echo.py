"""Tells the bot's own voice, come back through the caller's telephone, from the caller.

Echo is what was just played, later and softer; so a stretch of caller audio that correlates with it
at some delay is echo. High frequencies are raised first: otherwise any two vowels of like pitch
would correlate. (Whitening them further raises the noise of the codec and tells less.)
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

# Measured at 8 kHz through A-law on stretches of 160 ms: two people stay under 0.61 (99 %),
# line echo at -10 and -20 dB is above 0.84 and echo from a room above 0.69 (99 %).
_THRESHOLD = 0.65
_MIN_SAMPLES = 800
_SILENCE = 1e-9
_PRE_EMPHASIS = 0.9


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
    samples = audio.astype(np.float64) / 32768.0
    return np.append(samples[:1], samples[1:] - _PRE_EMPHASIS * samples[:-1])
