"""Log-mel features of Whisper in numpy: short, exact, of the utterance's real length."""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt

from voicebot.hearing import ctc_kernels
from voicebot.hearing.recogniser import SAMPLE_RATE_HZ, FloatArray

FFT_SAMPLES = 400
HOP_SAMPLES = 160
MEL_BINS = 80
FRAMES_PER_SECOND = SAMPLE_RATE_HZ // HOP_SAMPLES


@cache
def mel_filters() -> FloatArray:
    """Triangular filters on the Slaney mel scale, area-normalised; shape (80, 201)."""
    # Below 1 kHz the scale is linear (200/3 Hz a mel), above it logarithmic.
    mel_per_log = 27.0 / np.log(6.4)
    top = 15.0 + np.log(SAMPLE_RATE_HZ / 2 / 1000.0) * mel_per_log
    mels = np.linspace(0.0, top, MEL_BINS + 2)
    edges_hz = np.where(mels < 15.0, mels * 200.0 / 3, 1000.0 * np.exp((mels - 15.0) / mel_per_log))
    bins_hz = np.linspace(0.0, SAMPLE_RATE_HZ / 2, FFT_SAMPLES // 2 + 1)
    widths = np.diff(edges_hz)
    ramps = edges_hz[:, None] - bins_hz[None, :]
    rising = -ramps[:-2] / widths[:-1, None]
    falling = ramps[2:] / widths[1:, None]
    filters = np.maximum(0.0, np.minimum(rising, falling))
    filters *= (2.0 / (edges_hz[2:] - edges_hz[:-2]))[:, None]
    return np.asarray(filters, dtype=np.float32)


@cache
def _sparse_filters() -> tuple[FloatArray, npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    """The filters with the first bin and the one after the last in which each is not zero."""
    filters = mel_filters()
    first = (filters > 0).argmax(axis=1)
    last = filters.shape[1] - (filters > 0)[:, ::-1].argmax(axis=1)
    return filters, first.astype(np.int32), last.astype(np.int32)


@cache
def _window() -> FloatArray:
    return np.asarray(np.hanning(FFT_SAMPLES + 1)[:-1], dtype=np.float32)


def log_mel(audio: npt.ArrayLike) -> FloatArray:
    """Compute Whisper's input for audio of any length.

    Args:
        audio: shape (samples,), mono, 16 kHz, in [-1, 1]; at least 25 ms.

    Returns:
        Shape (80, samples // 160), float32, scaled as Whisper was trained with: at most 8
        decades below the loudest point, (log10 + 4) / 4.

    Raises:
        ValueError: the audio is not one channel of at least 400 samples.
    """
    samples = np.asarray(audio, dtype=np.float32)
    if samples.ndim != 1 or len(samples) < FFT_SAMPLES:
        raise ValueError(
            f"expected one channel of at least {FFT_SAMPLES} samples, got shape {samples.shape}"
        )
    padded = np.pad(samples, FFT_SAMPLES // 2, mode="reflect")
    frames = np.lib.stride_tricks.sliding_window_view(padded, FFT_SAMPLES)[::HOP_SAMPLES]
    frames = frames[: len(samples) // HOP_SAMPLES]
    spectrum = np.fft.rfft(frames * _window(), axis=1)
    power = spectrum.real**2 + spectrum.imag**2
    filters, first, last = _sparse_filters()
    mel = np.empty((MEL_BINS, len(frames)), dtype=np.float32)
    ctc_kernels.mel_energies(np.asarray(power, dtype=np.float32), filters, first, last, mel)
    logs = np.log10(np.maximum(mel, 1e-10))
    logs = np.maximum(logs, logs.max() - 8.0)
    return np.asarray((logs + 4.0) / 4.0, dtype=np.float32)
