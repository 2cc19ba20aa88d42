"""Measure an exported model on the development sets, and fit its confidence.

    python -m models.greek.evaluate [--model FOLDER] [--calibrate] [--clips 150]

Sets: unseen sentences by held-out synthetic voices (domain, general), digit strings, towns and
yes/no with a grammar by the same voices, and human single words (free and as a closed list).
"""

from __future__ import annotations

import argparse
import dataclasses
import itertools
import json
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.signal import resample_poly

from models.greek import phrases
from models.greek.dataset import development, human_greek
from models.greek.export import digest
from models.greek.places import WORK
from voicebot.hearing.constraint import Constraint, digits
from voicebot.hearing.constraint import phrases as closed
from voicebot.hearing.evaluation import edit_distance, report, scored_words
from voicebot.hearing.greek import Calibration, GreekRecogniser, Heard, Reading, ranking
from voicebot.hearing.greek_sounds import sounds

FloatArray = npt.NDArray[np.float32]


def wide(audio_8k: FloatArray) -> FloatArray:
    return np.asarray(resample_poly(audio_8k, 2, 1), np.float32)


def spoken_digits(text: str) -> list[str]:
    """Number words without lead-ins, to compare what was dictated with what was found."""
    return [word for word in scored_words(text) if word not in {"ναι", "ειναι", "το"}]


def free(recogniser: GreekRecogniser, clips: Iterable[tuple[FloatArray, str]]) -> dict[str, float]:
    results, milliseconds, sound_errors, sound_count = [], [], 0, 0
    for audio, said in clips:
        heard = recogniser.transcribe(wide(audio))
        milliseconds.append(heard.decode_ms)
        results.append(("all", heard.text, said))
        path = recogniser.sound_path(wide(audio))
        sound_errors += edit_distance(path, sounds(said))
        sound_count += len(sounds(said))
    scores = report(results)
    return {
        "wer": scores.wer, "cer": scores.cer, "sounds": round(sound_errors / sound_count, 4),
        "clips": scores.clips, "ms": float(np.median(milliseconds)),
    }  # fmt: skip


def in_list(
    recogniser: GreekRecogniser,
    clips: Iterable[tuple[FloatArray, str]],
    constraint: Constraint | None = None,
) -> dict[str, float]:
    """Share of clips whose answer is right, with one list, or digits of the length dictated."""
    right = total = 0
    milliseconds, digit_errors, digit_count = [], 0, 0
    for audio, said in clips:
        expected = constraint
        if expected is None:
            expected = digits({length_of(said)}, name="dictated")
        heard = recogniser.transcribe(wide(audio), expected)
        milliseconds.append(heard.decode_ms)
        a, b = spoken_digits(heard.text), spoken_digits(said)
        right, total = right + (a == b), total + 1
        digit_errors, digit_count = digit_errors + edit_distance(a, b), digit_count + len(b)
    return {
        "right": round(right / total, 4), "clips": total,
        "words_wrong": round(digit_errors / digit_count, 4), "ms": float(np.median(milliseconds)),
    }  # fmt: skip


def length_of(said: str) -> int:
    """How many digits the words stand for (pauses are commas; the longest reading)."""
    total, words = 0, scored_words(said)
    at = 0
    while at < len(words):
        word, following = words[at], words[at + 1] if at + 1 < len(words) else ""
        if word.startswith("εκατο") or word.endswith("κοσια"):
            total += 3
            at += 1
            if _tens(following):
                at += 1
                following = words[at] if at < len(words) else ""
                at += _unit(following)
            elif _unit(following) or _teen(following):
                at += 1
        elif _tens(word):
            total += 2
            at += 1 + _unit(following)
        elif _teen(word):
            total, at = total + 2, at + 1
        else:
            total, at = total + 1, at + 1
    return total


def _tens(word: str) -> bool:
    return word == "εικοσι" or word.endswith("ντα")


def _teen(word: str) -> bool:
    return word.startswith("δεκα") or word in {"εντεκα", "δωδεκα"}


def _unit(word: str) -> bool:
    return word in {"ενα", "δυο", "τρια", "τεσσερα", "πεντε", "εξι", "επτα", "οκτω", "εννεα"}


@dataclass(frozen=True)
class Weighed:
    """One clip's readings with how many words each has wrong, and what the head heard."""

    heard: Heard
    readings: list[Reading]
    wrong: list[int]
    words: int


def weigh(recogniser: GreekRecogniser, clips: Iterable[tuple[FloatArray, str]]) -> list[Weighed]:
    found = []
    for audio, said in clips:
        heard = recogniser.hear(wide(audio))
        readings, _ = recogniser.readings(heard) if heard.free_path else ([], 0.0)
        words = scored_words(said)
        wrong = [edit_distance(scored_words(r.text), words) for r in readings]
        found.append(Weighed(heard, readings, wrong, len(words)))
    return found


def fit_order(sets: list[list[Weighed]], calibration: Calibration) -> Calibration:
    """Choose the weights that order readings by a grid: least geometric mean of word errors."""
    best = (9.0, calibration)
    for order in itertools.product(
        (0.0, 0.05, 0.1, 0.2, 0.35, 0.5), (0.5, 0.7, 0.9, 1.1, 1.3, 1.6), (-0.5, 0.0, 0.5, 1.0)
    ):
        trial = dataclasses.replace(calibration, order=order)
        errors = []
        for clips in sets:
            wrong = 0
            for clip in clips:
                ranks = [ranking(reading, trial) for reading in clip.readings]
                wrong += clip.wrong[int(np.argmax(ranks))] if ranks else clip.words
            errors.append(max(wrong, 1) / sum(clip.words for clip in clips))
        best = min(best, (float(np.exp(np.mean(np.log(errors)))), trial), key=lambda pair: pair[0])
    print(f"order {best[1].order}: word error {best[0]:.4f}", flush=True)
    return best[1]


def fit(recogniser: GreekRecogniser, count: int) -> dict[str, object]:
    """Fit order and confidence on development speech; confidence by logistic regression."""
    towns = closed([name for name, _ in phrases.PLACES], "towns")
    numbers = digits(range(5, 12))
    human = human_greek()
    words = closed(sorted({text for _, _, text in human}), "words")
    sources: list[tuple[list[tuple[FloatArray, str]], Constraint | None]] = [
        (development("dev-domain", count), None),
        (development("dev-wording", count), None),
        (development("dev-general", count // 2), None),
        ([(audio, text) for _, audio, text in human[::3]], words),
        (development("dev-places", count // 2), towns),
        (development("dev-digits", count // 2), numbers),
    ]
    weighed = [weigh(recogniser, clips) for clips, _ in sources]
    order = fit_order(weighed[:4], recogniser.calibration)
    free_rows: list[tuple[list[float], float]] = []
    list_rows: list[tuple[list[float], float]] = []
    for (clips, constraint), found in zip(sources, weighed, strict=True):
        for (_, said), clip in zip(clips, found, strict=True):
            if not clip.readings:
                continue
            at = int(np.argmax([ranking(reading, order) for reading in clip.readings]))
            good = clip.wrong[at] / max(clip.words, 1) < 0.3
            free_rows.append(([*clip.readings[at].features(clip.heard), 1.0], float(good)))
            for expected in (towns, words, numbers):
                path, shortfall = recogniser.list_shortfall(clip.heard, expected)
                right = constraint is expected and spoken_digits(path) == spoken_digits(said)
                if constraint is expected and not right:
                    continue  # the share among alternatives says that
                list_rows.append(([shortfall, 1.0], float(right)))

    def solve(rows: list[tuple[list[float], float]]) -> list[float]:
        x, y = np.array([r[0] for r in rows]), np.array([r[1] for r in rows])
        weight = np.where(y > 0.5, 1 / max(y.sum(), 1), 1 / max((1 - y).sum(), 1)) * len(y) / 2

        def loss(w: npt.NDArray[np.float64]) -> float:
            z = x @ w
            cost = (weight * np.logaddexp(0, np.where(y > 0.5, -z, z))).mean()
            return float(cost + 1e-3 * (w**2).sum())

        return [round(float(v), 3) for v in minimize(loss, np.zeros(x.shape[1])).x]

    return {
        "order": list(order.order), "free": solve(free_rows), "constrained": solve(list_rows)
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--model", type=Path, default=WORK / "export")
    parser.add_argument("--clips", type=int, default=150)
    parser.add_argument("--calibrate", action="store_true")
    options = parser.parse_args()
    began = time.monotonic()
    recogniser = GreekRecogniser(options.model)
    recogniser.warm_up()
    if options.calibrate:
        fitted = fit(recogniser, options.clips)
        file = options.model / "greek.json"
        about = json.loads(file.read_text())
        about["calibration"] |= fitted
        file.write_text(json.dumps(about, indent=2, ensure_ascii=False) + "\n")
        digest(options.model)
        print("calibration", fitted, flush=True)
        recogniser = GreekRecogniser(options.model)
    count = options.clips
    human = human_greek()
    words = sorted({text for _, _, text in human})
    towns = [name for name, _ in phrases.PLACES]
    sets: dict[str, dict[str, float]] = {
        "domain free": free(recogniser, development("dev-domain", count)),
        "other wording free": free(recogniser, development("dev-wording", count)),
        "general free": free(recogniser, development("dev-general", count // 2)),
        "digits with grammar": in_list(recogniser, development("dev-digits", count)),
        "towns as closed list": in_list(
            recogniser, development("dev-places", count), closed(towns, "towns")
        ),
        "yes/no as closed list": in_list(
            recogniser, development("dev-yesno", count),
            closed([*phrases.YES, *phrases.NO], "yes/no"),
        ),
    }  # fmt: skip
    for folder in sorted({f for f, _, _ in human}):
        clips = [(audio, text) for f, audio, text in human if f == folder]
        own = [text for text in words if text in {t for _, t in clips}]
        sets[f"human {folder} free"] = free(recogniser, clips)
        sets[f"human {folder} as closed list of {len(own)}"] = in_list(
            recogniser, clips, closed(own, folder)
        )
    for name, values in sets.items():
        print(f"{name:45}", json.dumps(values))
    (WORK / "run").mkdir(exist_ok=True)
    with (WORK / "run/evaluations.jsonl").open("a") as log:
        print(
            json.dumps({"time": time.strftime("%H:%M"), "model": str(options.model), **sets}),
            file=log,
        )
    print(f"{time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    main()
