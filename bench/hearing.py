"""What recognition costs: one thread, utterances of 3 s, beside stock sizes in the same run.

The stock sizes have random weights: they take the time and memory of real ones, which is all that
is measured of them, with the length of their text fixed at 20 tokens (about what 3 s of Greek
need). The load and the memory are those of a process of its own that only hears.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import ctranslate2
import numpy as np
from faster_whisper import WhisperModel

from bench.random_whisper import BASE, TINY, write_random_whisper
from bench.telephone import VOICES, on_the_line, silence, spoken
from voicebot.hearing.constraint import Constraint
from voicebot.hearing.features import log_mel
from voicebot.hearing.greek import GreekRecogniser
from voicebot.hearing.recogniser import FloatArray, Recogniser
from voicebot.hearing.segments import recogniser_audio
from voicebot.line.constraints import constraint_for
from voicebot.settings import ROOT, Hearing, load_settings
from voicebot.understanding.expectation import Expectation, Kind

SECONDS = 3.0
_TOKENS = 20
_CITIES = (
    "αθήνα θεσσαλονίκη πάτρα ηράκλειο λάρισα βόλος ιωάννινα χανιά καλαμάτα κοζάνη σέρρες ρόδος "
    "λαμία τρίπολη ξάνθη δράμα καβάλα κομοτηνή αλεξανδρούπολη κατερίνη βέροια γιαννιτσά έδεσσα "
    "φλώρινα καστοριά γρεβενά τρίκαλα καρδίτσα χαλκίδα λιβαδειά θήβα κόρινθος άργος ναύπλιο σπάρτη "
    "πύργος αμαλιάδα αίγιο μεσολόγγι αγρίνιο άρτα πρέβεζα ηγουμενίτσα κέρκυρα λευκάδα αργοστόλι "
    "ζάκυνθος μυτιλήνη χίος σάμος σύρος νάξος ρέθυμνο ιεράπετρα σητεία πειραιάς καλλιθέα"
)
CITIES = tuple(_CITIES.split())
EXPECTATIONS: dict[str, Expectation | None] = {
    "list": Expectation(Kind.PLACE, phrases=CITIES),
    "digits": Expectation(Kind.AFM),
    "free": None,
}
_TEXTS = {
    "list": ("λοιπόν θα ήθελα στη {city} παρακαλώ αν γίνεται", CITIES),
    "digits": ("ένα δύο {city} τρία τέσσερα πέντε έξι εφτά οχτώ", ("μηδέν", "εννιά", "πέντε")),
    "free": ("θα ήθελα να μάθω πότε πληρώνεται η σύνταξη στη {city}", CITIES),
}


@dataclass(frozen=True)
class HearingCost:
    """Figures of one run; times in ms for an utterance of 3 s on one thread, median and p95.

    Attributes:
        encoder, listed, digits, free: the embedded recogniser's encoder with its head alone, and
            whole utterances under a list of 57 places, an ΑΦΜ, and freely.
        preview: a text of speech that is not over.
        batch_of_four: how many times quicker four utterances are encoded as one batch than one
            after the other.
        stock_tiny, stock_base: faster-whisper's `transcribe` (it pads to 30 s), beam 1.
        times_tiny, times_base: how many times longer they take than `free` (medians).
        load_per_s, load_cores, load_cpu_ms, load_p50_ms, load_p95_ms, load_late: utterances a
            second handed to the pool, half of them free; processor cores used; processor time for
            each that was read; time to the text; share that was refused or had none in time.
        rss_mb: memory of that process, with voice activity and recogniser.
    """

    encoder: tuple[float, float]
    listed: tuple[float, float]
    digits: tuple[float, float]
    free: tuple[float, float]
    preview: tuple[float, float]
    batch_of_four: float
    stock_tiny: tuple[float, float]
    stock_base: tuple[float, float]
    times_tiny: float
    times_base: float
    load_per_s: float
    load_cores: float
    load_cpu_ms: float
    load_p50_ms: float
    load_p95_ms: float
    load_late: float
    rss_mb: float


def clips(kind: str, count: int, seed: int = 1) -> list[bytes]:
    """Telephone utterances of exactly 3 s by held-out voices, for one kind of answer."""
    rng = np.random.default_rng(seed)
    text, fillings = _TEXTS[kind]
    whole = round(16 * SECONDS * 1000)
    made = []
    for number in range(count):
        said = text.format(city=fillings[rng.integers(len(fillings))])
        pcm = spoken(said, VOICES[number % len(VOICES)], 1.0 + 0.2 * rng.random())[:whole]
        lead = silence((whole - len(pcm)) / 32)
        made.append(on_the_line((lead + pcm).ljust(whole, b"\0"), -50.0, rng))
    return made


def measure(rounds: int = 20, load_s: float = 30.0, load_per_s: float = 16.0) -> HearingCost:
    """Run the bench.

    Args:
        rounds: utterances of each kind; every round measures each thing once.
        load_s: how long the load lasts, in s.
        load_per_s: utterances a second.
    """
    settings = load_settings().hearing
    recogniser = GreekRecogniser(settings.model)
    audio = {kind: [recogniser_audio(c) for c in clips(kind, rounds)] for kind in EXPECTATIONS}
    try:
        recogniser.warm_up()
        times = _one_thread(recogniser, audio, rounds)
    finally:
        recogniser.close()
    load = _load(settings, load_s, load_per_s)
    free = float(np.median(times["free"]))
    return HearingCost(
        encoder=_spread(times["encoder"]),
        listed=_spread(times["list"]),
        digits=_spread(times["digits"]),
        free=_spread(times["free"]),
        preview=_spread(times["preview"]),
        batch_of_four=round(float(np.median(times["alone"]) / np.median(times["in_fours"])), 2),
        stock_tiny=_spread(times["tiny"]),
        stock_base=_spread(times["base"]),
        times_tiny=round(float(np.median(times["tiny"])) / free, 1),
        times_base=round(float(np.median(times["base"])) / free, 1),
        load_per_s=load_per_s,
        load_cores=load["cores"],
        load_cpu_ms=load["cpu_ms"],
        load_p50_ms=load["p50_ms"],
        load_p95_ms=load["p95_ms"],
        load_late=load["late"],
        rss_mb=load["rss_mb"],
    )


def _one_thread(
    recogniser: GreekRecogniser, audio: dict[str, list[FloatArray]], rounds: int
) -> dict[str, list[float]]:
    """Times in ms; all things take turns, so that what else the machine does hits all alike."""
    asked = {
        kind: constraint_for(expectation) if expectation else None
        for kind, expectation in EXPECTATIONS.items()
    }
    with tempfile.TemporaryDirectory(prefix="voicebot-bench-") as folder:
        encoder = ctranslate2.models.Whisper(
            str(load_settings().hearing.model), compute_type="int8", intra_threads=1
        )
        stock = {}
        for name, size in (("tiny", TINY), ("base", BASE)):
            place = Path(folder) / name
            place.mkdir()
            write_random_whisper(place, size)
            stock[name] = WhisperModel(
                str(place), device="cpu", compute_type="int8", cpu_threads=1, num_workers=1
            )
        steps: dict[str, Callable[[int], object]] = {
            "encoder": lambda at: recogniser.hear(audio["free"][at]),
            "alone": lambda at: encoder.encode(_mels(audio["free"][at], 1)),
            "in_fours": lambda at: encoder.encode(_mels(audio["free"][at], 4)),
            "preview": lambda at: recogniser.preview(audio["free"][at]),
            "tiny": lambda at: _stock(stock["tiny"], audio["free"][at]),
            "base": lambda at: _stock(stock["base"], audio["free"][at]),
        }
        for kind, constraint in asked.items():
            steps[kind] = _transcribing(recogniser, audio[kind], constraint)
        times: dict[str, list[float]] = {name: [] for name in steps}
        for at in range(-1, rounds):
            for name, step in steps.items():
                began = time.perf_counter()
                step(max(at, 0))
                if at >= 0:  # the first round warms up
                    each = 4 if name == "in_fours" else 1
                    times[name].append((time.perf_counter() - began) * 1000 / each)
    return times


def _mels(audio: FloatArray, count: int) -> ctranslate2.StorageView:
    mel = log_mel(audio)
    batch = np.stack([mel[:, : mel.shape[1] // 2 * 2]] * count)
    return ctranslate2.StorageView.from_array(np.ascontiguousarray(batch))


def _transcribing(
    recogniser: Recogniser, audio: Sequence[FloatArray], constraint: Constraint | None
) -> Callable[[int], object]:
    return lambda at: recogniser.transcribe(audio[at], constraint)


def _stock(model: WhisperModel, audio: FloatArray) -> str:
    segments, _ = model.transcribe(
        audio,
        language="el",
        beam_size=1,
        temperature=0.0,
        without_timestamps=True,
        max_new_tokens=_TOKENS,
        condition_on_previous_text=False,
        no_speech_threshold=None,
        log_prob_threshold=None,
        compression_ratio_threshold=None,
    )
    return " ".join(segment.text for segment in segments)


def _load(settings: Hearing, seconds: float, per_s: float) -> dict[str, float]:
    """Run the load in a process of its own."""
    with tempfile.TemporaryDirectory(prefix="voicebot-bench-") as folder:
        file = Path(folder) / "clips.npz"
        stored = {
            kind: np.stack([np.frombuffer(clip, "<i2") for clip in clips(kind, 40, seed=2)])
            for kind in EXPECTATIONS
        }
        np.savez(file, allow_pickle=False, **stored)
        told = subprocess.run(
            [sys.executable, "-m", "bench.hearing_load", str(file), str(seconds), str(per_s)],
            cwd=ROOT,
            check=True,
            capture_output=True,
            text=True,
        )
    figures: dict[str, float] = json.loads(told.stdout.splitlines()[-1])
    return figures


def _spread(times: Sequence[float]) -> tuple[float, float]:
    return round(float(np.median(times)), 1), round(float(np.percentile(times, 95)), 1)
