"""What a telephone does to a voice: everything at 8 kHz, drawn anew for every use of a clip."""

from __future__ import annotations

import io
import math
from functools import cache

import numpy as np
import numpy.typing as npt
import soundfile
from scipy.signal import fftconvolve, lfilter, resample_poly

FloatArray = npt.NDArray[np.float32]
RATE_HZ = 8000
#: Whisper's 80 bands reach 8 kHz.
_TOP_MEL = 2595 * math.log10(1 + 8000 / 700)


@cache
def _g711(law: str) -> FloatArray:
    """For each int16 value + 32768: the value after encoding and decoding by A-law or µ-law."""
    x = np.arange(-32768, 32768)
    sign, size = np.where(x < 0, -1, 1), np.abs(x).astype(np.int64)
    if law == "a":
        size = np.minimum(size, 32767) >> 3  # 12 bits and sign
        exponent = np.maximum(np.floor(np.log2(np.maximum(size, 1))).astype(np.int64) - 4, 1)
        step = 1 << (exponent - 1 + 1)
        out = (size // step) * step + step // 2
        return (sign * out * 8).astype(np.float32)
    size = np.minimum(size >> 2, 8159) + 33
    exponent = np.floor(np.log2(size)).astype(np.int64) - 5
    step = 1 << (exponent + 1)
    out = (size // step) * step + step // 2 - 33
    return (sign * out * 4).astype(np.float32)


def g711(audio: FloatArray, law: str) -> FloatArray:
    whole = np.clip(np.round(audio * 32767), -32768, 32767).astype(np.int64)
    return _g711(law)[whole + 32768] / 32768


def gsm(audio: FloatArray) -> FloatArray:
    file = io.BytesIO()
    soundfile.write(file, audio, RATE_HZ, format="WAV", subtype="GSM610")
    file.seek(0)
    return np.asarray(soundfile.read(file, dtype="float32")[0][: len(audio)], np.float32)


def _coloured(samples: int, slope: float, rng: np.random.Generator) -> FloatArray:
    """Noise whose spectrum falls with frequency; slope 0 white, 1 brown."""
    noise = rng.standard_normal(samples).astype(np.float32)
    noise = np.asarray(lfilter([1.0], [1.0, -slope * 0.97], noise), np.float32)
    return noise / max(float(noise.std()), 1e-9)


def _room(audio: FloatArray, rng: np.random.Generator) -> FloatArray:
    decay_s = rng.uniform(0.08, 0.5)
    tail = rng.standard_normal(int(decay_s * RATE_HZ)).astype(np.float32)
    tail *= np.exp(-6.9 * np.arange(len(tail)) / len(tail)).astype(np.float32)
    tail *= rng.uniform(0.1, 0.7) / max(float(np.sqrt((tail**2).sum())), 1e-9)
    tail[0] = 1.0
    return np.asarray(fftconvolve(audio, tail)[: len(audio)], np.float32)


def _tilt(audio: FloatArray, rng: np.random.Generator) -> FloatArray:
    """A smooth random response: handset, band limits of the line."""
    points = np.linspace(0, 4000, 9)
    gains = np.cumsum(rng.normal(0, 2.2, 9))
    gains -= gains.mean()
    low, high = rng.uniform(60, 380), rng.uniform(3000, 3950)
    grid = np.linspace(0, 4000, 65)
    response = 10 ** (np.interp(grid, points, gains) / 20)
    response *= 1 / (1 + (low / np.maximum(grid, 1)) ** 6) ** 0.5
    response *= 1 / (1 + (grid / high) ** 20) ** 0.5
    kernel = np.fft.irfft(response)
    kernel = np.roll(kernel, 64)[:128] * np.hanning(128)
    return np.asarray(fftconvolve(audio, kernel, mode="same"), np.float32)


def _lossy(audio: FloatArray, rng: np.random.Generator) -> FloatArray:
    """Lose 20 ms packets; conceal by silence or by the packet before."""
    out, rate = audio.copy(), rng.uniform(0.005, 0.05)
    repeat = rng.random() < 0.5
    for at in range(160, len(out) - 160, 160):
        if rng.random() < rate:
            out[at : at + 160] = out[at - 160 : at] * 0.7 if repeat else 0
    return out


def perturb_speed(audio: FloatArray, rng: np.random.Generator, spread: float) -> FloatArray:
    """Change speed, pitch and vocal tract together by up to ±3 spreads."""
    factor = math.exp(float(np.clip(rng.normal(0, spread), -3 * spread, 3 * spread)))
    down = round(100 * factor)
    if down == 100:
        return audio
    return np.asarray(resample_poly(audio, 100, down), np.float32)


def warped(mel: FloatArray, rng: np.random.Generator) -> FloatArray:
    """Another vocal tract and another tempo than pitch and speed alone give.

    Args:
        mel: (80, even frames), log.

    Returns:
        The same sounds with formants moved by up to ±18 % and time by up to ±25 %; even frames.
    """
    if rng.random() < 0.25:
        return mel
    tract = math.exp(float(np.clip(rng.normal(0, 0.07), -0.18, 0.18)))
    tempo = math.exp(float(np.clip(rng.normal(0, 0.1), -0.25, 0.25)))
    bands = np.arange(80)
    hz = 700 * (10 ** (bands / 79 * _TOP_MEL / 2595) - 1)
    wanted = hz * tract
    fold = 3000 * min(tract, 1.0)  # above, the axis is stretched so that 4 kHz stays 4 kHz
    high = hz > fold / tract
    wanted[high] = 4000 - (4000 - hz[high]) * (4000 - fold) / max(4000 - fold / tract, 1.0)
    wanted = np.where(hz > 4000, hz, wanted)
    source = 2595 * np.log10(1 + np.clip(wanted, 0, None) / 700) / _TOP_MEL * 79
    low = np.clip(np.floor(source).astype(int), 0, 78)
    part = np.clip(source - low, 0, 1)[:, None]
    mel = mel[low] * (1 - part) + mel[low + 1] * part
    frames = max(round(mel.shape[1] / tempo) // 2 * 2, 2)
    at = np.linspace(0, mel.shape[1] - 1, frames)
    left = np.minimum(at.astype(int), mel.shape[1] - 2)
    share = (at - left)[None]
    return np.asarray(mel[:, left] * (1 - share) + mel[:, left + 1] * share, np.float32)


def telephone(
    audio: FloatArray, rng: np.random.Generator, babble: FloatArray | None = None
) -> FloatArray:
    """Put one clip through a telephone call.

    Args:
        audio: shape (samples,), 8 kHz, about −23 dBFS.
        babble: other speech to mix under it, of any length.

    Returns:
        8 kHz, with the silence that an endpointer leaves around an utterance.
    """
    before, after = rng.uniform(0.04, 0.5), rng.uniform(0.05, 0.7)
    audio = np.pad(audio, (int(before * RATE_HZ), int(after * RATE_HZ)))
    if rng.random() < 0.35:
        audio = _room(audio, rng)
    if rng.random() < 0.8:
        audio = _tilt(audio, rng)
    level = max(float(np.sqrt((audio**2).mean())), 1e-6)
    draw = rng.random()
    if draw < 0.6:
        noise = _coloured(len(audio), rng.uniform(0, 1), rng)
        audio = audio + noise * (level * 10 ** (-rng.uniform(8, 40) / 20))
    elif draw < 0.75 and babble is not None and len(babble):
        babble = np.resize(babble, len(audio))
        loud = max(float(np.sqrt((babble**2).mean())), 1e-6)
        audio = audio + babble * (level / loud * 10 ** (-rng.uniform(12, 30) / 20))
    elif draw < 0.8:
        hum = np.sin(2 * np.pi * rng.choice([50, 100, 150]) * np.arange(len(audio)) / RATE_HZ)
        audio = audio + hum.astype(np.float32) * (level * rng.uniform(0.01, 0.2))
    audio = audio * (
        10 ** (rng.uniform(-38, -10) / 20) / max(float(np.sqrt((audio**2).mean())), 1e-6)
    )
    if rng.random() < 0.06:
        audio = audio * rng.uniform(2, 6)
    audio = np.clip(audio, -1, 1).astype(np.float32)
    codec = rng.random()
    if codec < 0.15:
        audio = gsm(audio)
    if codec < 0.6:
        audio = g711(audio, "a")
    elif codec < 0.85:
        audio = g711(audio, "u")
    if rng.random() < 0.1:
        audio = _lossy(audio, rng)
    return audio


def not_speech(rng: np.random.Generator) -> FloatArray:
    """Noise, tones, clicks, near silence: what must be heard as nothing."""
    samples = int(rng.uniform(0.4, 5) * RATE_HZ)
    time = np.arange(samples) / RATE_HZ
    kind = rng.integers(6)
    if kind == 0:
        audio = _coloured(samples, rng.uniform(0, 1), rng)
    elif kind == 1:  # one or two tones, as of a keypad or a network
        audio = sum(
            np.sin(2 * np.pi * f * time) for f in rng.uniform(200, 1700, rng.integers(1, 3))
        )
        if rng.random() < 0.6:
            audio = audio * (np.sin(2 * np.pi * rng.uniform(0.3, 6) * time) > 0)
    elif kind == 2:  # a melody
        notes = rng.choice(220 * 2 ** (np.arange(25) / 12), 64)
        pitch = np.repeat(notes, int(RATE_HZ * rng.uniform(0.1, 0.4)))[:samples]
        pitch = np.resize(pitch, samples)
        phase = 2 * np.pi * np.cumsum(pitch) / RATE_HZ
        audio = np.sin(phase) + 0.4 * np.sin(2 * phase) + 0.2 * np.sin(3 * phase)
    elif kind == 3:  # clicks and taps
        audio = np.zeros(samples)
        for _ in range(rng.integers(1, 12)):
            at = rng.integers(0, max(samples - 400, 1))
            tap = _coloured(400, rng.uniform(0, 1), rng) * np.exp(
                -np.arange(400) / rng.uniform(10, 120)
            )
            audio[at : at + 400] += tap[: samples - at]
        audio = audio + 0.01 * _coloured(samples, 0.5, rng)
    elif kind == 4:  # noise that swells: breath, traffic
        swell = 0.1 + np.abs(np.sin(2 * np.pi * rng.uniform(0.1, 1.2) * time + rng.uniform(0, 6)))
        audio = _coloured(samples, rng.uniform(0.2, 1), rng) * swell
    else:
        audio = _coloured(samples, rng.uniform(0, 1), rng) * 0.001
    audio = np.asarray(audio, np.float32)
    level = rng.uniform(-70, -14) if kind in (0, 4, 5) else rng.uniform(-45, -12)
    audio = audio * (10 ** (level / 20) / max(float(np.sqrt((audio**2).mean())), 1e-9))
    return g711(np.clip(audio, -1, 1).astype(np.float32), rng.choice(["a", "u"]))
