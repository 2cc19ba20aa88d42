"""Speak lines of Greek with the synthetic voices and keep them as shards of 8 kHz audio.

    python -m models.greek.synth TEXT.txt --shard NAME [--voices train|even|held-out] [--lines N]

A shard is NAME.i16 (int16 samples, all clips end to end) and NAME.tsv (first sample, samples,
voice, text). Speed, pitch, melody and vocal-tract length vary from clip to clip.
"""

from __future__ import annotations

import argparse
import math
import multiprocessing
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.signal import resample_poly

from models.greek import voices
from models.greek.connected import connected
from models.greek.phones import VOWELS, Phone, phones
from models.greek.places import WORK

RATE_HZ = 8000
FloatArray = npt.NDArray[np.float32]

#: gr2's stream has vowels of 26 ms between consonants of 85: people divide the time otherwise.
_VOWEL_MORE_MS, _CONSONANT_SHARE = 36.0, 0.84

#: Share of the clips of `even` in which sounds are joined as people join them.
_CONNECTED = 0.75
#: How much further speed and vocal tract vary where all voices are drawn evenly.
_EVEN_SPREAD = 1.4

#: The mean pitch of gr2's stream, which the melody is scaled around.
_STREAM_PITCH_HZ = 90.0


def _stream(
    sounds: list[Phone], voice: voices.Diphones, rng: random.Random, warp: float, spread: float
) -> str:
    """Write the stream for mbrola: speed and melody of its own; `warp` is undone by resampling."""
    rate = math.exp(rng.gauss(0, 0.17 * spread))
    mean_hz = rng.uniform(165, 255) if voice.female else rng.uniform(88, 150)
    if spread > 1:
        mean_hz *= math.exp(rng.gauss(0, 0.1))
    span = rng.uniform(0.7, 2.4)
    drift_hz, phase = rng.uniform(0, 0.06), rng.uniform(0, 6.3)
    final = len(sounds) - 1
    lines: list[list[object]] = []
    for at, sound in enumerate(sounds):
        base = sound.duration_ms
        base = base + _VOWEL_MORE_MS if sound.symbol in VOWELS else base * _CONSONANT_SHARE
        duration = base * rate * math.exp(rng.gauss(0, 0.13)) * warp
        if sound.symbol == "_":
            duration = min(duration, 160 if at < final - 1 else 40)
            if at < final - 1:
                duration *= rng.uniform(0.5, 2.2)
        parts = voice.symbols.get(sound.symbol)
        if parts is None:
            continue
        pitch = ""
        for position, hz in sound.pitch:
            wave = 1 + drift_hz * math.sin(phase + at * 0.7)
            pitch += (
                f" {position:.0f} {mean_hz * wave * (hz / _STREAM_PITCH_HZ) ** span / warp:.0f}"
            )
        for part in parts:
            share = duration / len(parts)
            if lines and lines[-1][0] == part:
                lines[-1][1] = float(str(lines[-1][1])) + share * 0.5
            else:
                lines.append([part, share, pitch if part == parts[-1] else ""])
    return "".join(f"{s} {max(float(str(d)), 12):.0f}{p}\n" for s, d, p in lines)


@cache
def _rate_of(name: str) -> int:
    header = (voices.MBROLA_DATABASES / name / name).read_bytes()[:25]
    return int.from_bytes(header[23:25], "little")


def _to_8k(audio: FloatArray, rate: float) -> FloatArray:
    ratio = Fraction(RATE_HZ / rate).limit_denominator(200)
    return np.asarray(resample_poly(audio, ratio.numerator, ratio.denominator), np.float32)


def say_diphones(
    text: str, voice: voices.Diphones, rng: random.Random, spread: float = 1.0
) -> FloatArray:
    """Speak with one MBROLA database; vocal-tract length varies by ±12 % times `spread`."""
    warp = math.exp(rng.gauss(0, 0.055 * spread))
    stream = phones(text)
    if spread > 1 and rng.random() < _CONNECTED:
        stream = connected(stream, rng)
    run = subprocess.run(
        ["mbrola", "-e", str(voice.path), "-", "-.raw"],
        input=_stream(stream, voice, rng, warp, spread).encode(),
        capture_output=True,
        check=False,
    )
    audio = np.frombuffer(run.stdout[: len(run.stdout) // 2 * 2], np.int16).astype(np.float32)
    return _to_8k(audio / 32768, _rate_of(voice.name) * warp)


def say_espeak(text: str, variant: str, rng: random.Random, plain: bool = False) -> FloatArray:
    """Speak with one espeak-ng variant; `plain` keeps its own speed and pitch."""
    warp = 1.0 if plain else math.exp(rng.gauss(0, 0.05))
    speed, pitch = (160, 50) if plain else (rng.randint(110, 200), rng.randint(25, 75))
    run = subprocess.run(
        [
            "espeak-ng",
            "-v",
            f"el+{variant}",
            "-s",
            str(round(speed / warp)),
            "-p",
            str(pitch),
            "--stdin",
            "--stdout",
        ],
        input=text.encode(),
        capture_output=True,
        check=True,
    )
    audio = np.frombuffer(run.stdout[44:], np.int16).astype(np.float32) / 32768
    return _to_8k(audio, 22050 * warp)


def trimmed(audio: FloatArray) -> FloatArray:
    """Cut silence at both ends and set the level to about −23 dBFS."""
    if len(audio) < RATE_HZ // 10:
        return audio[:0]
    frames = audio[: len(audio) // 80 * 80].reshape(-1, 80)
    loud = np.flatnonzero(np.sqrt((frames**2).mean(1)) > 0.01 * np.abs(audio).max())
    if not len(loud):
        return audio[:0]
    audio = audio[max(loud[0] - 2, 0) * 80 : (loud[-1] + 3) * 80]
    level = math.sqrt(float((audio**2).mean()))
    return np.clip(audio * (0.07 / max(level, 1e-6)), -1, 1)


def choose(kind: str, rng: random.Random) -> tuple[str, object]:
    """Draw a voice: a native diphone voice, a foreign one, or an espeak-ng variant.

    `even` gives every diphone voice the same share, and few espeak-ng ones.
    """
    native, foreign = _installed()
    if kind == "held-out":
        if rng.random() < 0.55:
            return "espeak", rng.choice(sorted(voices.HELD_OUT_VARIANTS))
        return "diphones", rng.choice([v for v in foreign if v.name in voices.HELD_OUT_DIPHONES])
    if kind == "even" and rng.random() < 0.85:
        known = [v for v in foreign if v.name not in voices.HELD_OUT_DIPHONES]
        return "diphones", rng.choice(native + known)
    if kind == "even":
        return "espeak", rng.choice(voices.ESPEAK_VARIANTS)
    draw = rng.random()
    if draw < 0.25:
        return "diphones", rng.choice(native)
    if draw < 0.70:
        return "diphones", rng.choice(
            [v for v in foreign if v.name not in voices.HELD_OUT_DIPHONES]
        )
    return "espeak", rng.choice(voices.ESPEAK_VARIANTS)


@cache
def _installed() -> tuple[list[voices.Diphones], list[voices.Diphones]]:
    return voices.installed()


def _speak(job: tuple[int, str, str]) -> tuple[str, str, npt.NDArray[np.int16]] | None:
    seed, kind, text = job
    rng = random.Random(seed)
    engine, voice = choose(kind, rng)
    try:
        if isinstance(voice, voices.Diphones):
            spread = _EVEN_SPREAD if kind == "even" else 1.0
            audio, name = say_diphones(text, voice, rng, spread), voice.name
        else:
            audio, name = say_espeak(text, str(voice), rng), f"{engine}+{voice}"
    except subprocess.CalledProcessError:  # now and then a program dies; the next clip goes on
        return None
    audio = trimmed(audio)
    if not RATE_HZ * 0.2 < len(audio) < RATE_HZ * 13:
        return None
    return name, text, (audio * 32767).astype(np.int16)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("text", type=Path)
    parser.add_argument("--shard", required=True)
    parser.add_argument("--voices", choices=["train", "even", "held-out"], default="train")
    parser.add_argument("--per-line", type=int, default=1)
    parser.add_argument("--lines", type=int, help="draw so many lines of the text")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    lines = [line for line in options.text.read_text().splitlines() if line.strip()]
    if options.lines is not None:
        lines = random.Random(options.seed).sample(lines, min(options.lines, len(lines)))

    def jobs() -> Iterator[tuple[int, str, str]]:
        for at, line in enumerate(lines * options.per_line):
            yield options.seed * 10_000_019 + at, options.voices, line

    folder = WORK / "shards"
    folder.mkdir(parents=True, exist_ok=True)
    began, at, clips, unspoken = time.monotonic(), 0, 0, 0
    part = folder / f"{options.shard}.part"
    with (
        multiprocessing.Pool(options.workers) as pool,
        part.open("wb") as audio_file,
        (folder / f"{options.shard}.tsv.part").open("w") as index,
    ):
        for spoken in pool.imap(_speak, jobs(), chunksize=32):
            if spoken is None:
                unspoken += 1
                continue
            name, text, samples = spoken
            audio_file.write(samples.tobytes())
            print(at, len(samples), name, text, sep="\t", file=index)
            at, clips = at + len(samples), clips + 1
    part.rename(folder / f"{options.shard}.i16")
    (folder / f"{options.shard}.tsv.part").rename(folder / f"{options.shard}.tsv")
    hours, took = at / RATE_HZ / 3600, time.monotonic() - began
    print(
        f"{options.shard}: {clips} clips, {hours:.1f} h, {unspoken} unspoken, in {took:.0f} s",
        file=sys.stderr,
    )


if __name__ == "__main__":
    main()
