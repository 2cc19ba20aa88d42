"""Measure an exported model on the development sets, and fit its weights and its confidence.

    python -m models.greek.evaluate [--model FOLDER] [--tune] [--calibrate] [--clips 200]

`--tune` fits the search, `--calibrate` the order of readings and the confidence (`tuning`). Free
speech is reported on clips that no weight was fitted to; human words are too few to part.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from models.greek import channel, phrases, tuning
from models.greek.dataset import development, human_greek
from models.greek.export import digest
from models.greek.places import WORK
from models.greek.sets import Clip, digit_string, length_of, spoken_digits, wide
from voicebot.hearing.constraint import Constraint, digits
from voicebot.hearing.constraint import phrases as closed
from voicebot.hearing.evaluation import edit_distance, report, scored_words
from voicebot.hearing.evaluation_details import interval
from voicebot.hearing.greek import GreekRecogniser
from voicebot.hearing.greek_sounds import sounds
from voicebot.hearing.language_model import LanguageModel
from voicebot.hearing.word_search import WordSearch


def free(recogniser: GreekRecogniser, clips: Iterable[Clip]) -> dict[str, Any]:
    """Errors of free speech; `best_of_5`: of the best among the alternatives."""
    results, best, milliseconds, sound_errors, sound_count = [], [], [], 0, 0
    for audio, said in clips:
        heard = recogniser.transcribe(wide(audio))
        milliseconds.append(heard.decode_ms / max(heard.audio_ms, 1) * 3000)
        results.append(("all", heard.text, said))
        words = scored_words(said)
        texts = [reading.text for reading in heard.alternatives] or [""]
        closest = min(texts, key=lambda text: edit_distance(scored_words(text), words))
        best.append(("all", closest, said))
        path = recogniser.sound_path(wide(audio))
        sound_errors += edit_distance(path, sounds(said))
        sound_count += len(sounds(said))
    scores = report(results)
    return {
        "wer": scores.wer, "wer_95": scores.wer_95, "cer": scores.cer,
        "best_of_5": report(best).wer, "sounds": round(sound_errors / sound_count, 4),
        "clips": scores.clips, "ms_of_3_s": round(float(np.median(milliseconds)), 1),
    }  # fmt: skip


def in_list(
    recogniser: GreekRecogniser, clips: Iterable[Clip], constraint: Constraint | None = None
) -> dict[str, Any]:
    """Share of clips whose answer is right, with one list, or digits of the length dictated."""
    right, in_five, milliseconds, wrong, sizes = [], 0, [], [], []
    digits_wrong, digits_said = [], []
    for audio, said in clips:
        expected = constraint or digits({length_of(said)}, name="dictated")
        heard = recogniser.transcribe(wide(audio), expected)
        milliseconds.append(heard.decode_ms)
        a, b = spoken_digits(heard.text), spoken_digits(said)
        right.append(int(a == b))
        in_five += any(spoken_digits(reading.text) == b for reading in heard.alternatives)
        wrong.append(edit_distance(a, b))
        sizes.append(len(b))
        if constraint is None:
            number = digit_string(said)
            digits_wrong.append(edit_distance(digit_string(heard.text, len(number)), number))
            digits_said.append(len(number))
    measured: dict[str, Any] = {
        "right": round(sum(right) / len(right), 4), "right_95": interval(right, [1] * len(right)),
        "right_in_5": round(in_five / len(right), 4), "clips": len(right),
        "words_wrong": round(sum(wrong) / sum(sizes), 4), "words_wrong_95": interval(wrong, sizes),
        "ms": float(np.median(milliseconds)),
    }  # fmt: skip
    if digits_said:
        measured["digits_wrong"] = round(sum(digits_wrong) / sum(digits_said), 4)
        measured["digits_wrong_95"] = interval(digits_wrong, digits_said)
    return measured


def nobody(recogniser: GreekRecogniser, count: int) -> dict[str, Any]:
    """Noise, tones, clicks, melodies: how often there is text, and with a confidence over 0.3."""
    rng = np.random.default_rng(99)
    heard = [recogniser.transcribe(wide(channel.not_speech(rng))) for _ in range(count)]
    return {
        "with_text": sum(bool(h.text) for h in heard),
        "believed": sum(bool(h.text) and h.confidence > 0.3 for h in heard),
        "clips": count,
    }


def store(folder: Path, fitted: dict[str, Any]) -> GreekRecogniser:
    """Keep fitted numbers beside the model and load it with them."""
    file = folder / "greek.json"
    about = json.loads(file.read_text(encoding="utf-8"))
    about["calibration"] |= fitted
    file.write_text(json.dumps(about, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    digest(folder)
    print("calibration", fitted, flush=True)
    return GreekRecogniser(folder)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--model", type=Path, default=WORK / "export")
    parser.add_argument("--clips", type=int, default=200)
    parser.add_argument("--tune", action="store_true")
    parser.add_argument("--calibrate", action="store_true")
    options = parser.parse_args()
    began, count = time.monotonic(), options.clips
    recogniser = GreekRecogniser(options.model)
    if options.tune:
        recogniser = store(options.model, {"blank": 0.0})
        words = LanguageModel.load(options.model / "words.npz")
        best = tuning.fit_search(recogniser, lambda tried: WordSearch(words, tried), count)
        recogniser = store(
            options.model,
            {
                "search": dataclasses.asdict(best.search),
                "blank": best.blank,
                "order": list(best.order),
            },
        )
    if options.calibrate:
        order = tuning.fit_order(recogniser, count)
        recogniser = store(options.model, {"order": [round(w, 3) for w in order]})
        recogniser = store(options.model, dict(tuning.fit_confidence(recogniser, count)))
    recogniser.warm_up()
    human = human_greek()
    towns = [name for name, _ in phrases.PLACES]
    sets: dict[str, dict[str, Any]] = {
        "hard, reported half": free(recogniser, development("dev-hard-report", count)),
        "domain": free(recogniser, development("dev-domain", count)[1::2]),
        "other wording": free(recogniser, development("dev-wording", count)[1::2]),
        "general": free(recogniser, development("dev-general", count)[1::2]),
        "digits with grammar": in_list(recogniser, development("dev-digits", count)),
        "towns as closed list": in_list(
            recogniser, development("dev-places", count), closed(towns, "towns")
        ),
        "yes/no as closed list": in_list(
            recogniser, development("dev-yesno", count),
            closed([*phrases.YES, *phrases.NO], "yes/no"),
        ),
        "nobody": nobody(recogniser, 120),
    }  # fmt: skip
    for folder in sorted({f for f, _, _ in human}):
        clips = [(audio, text) for f, audio, text in human if f == folder]
        own = sorted({text for _, text in clips})
        sets[f"human {folder} free"] = free(recogniser, clips)
        sets[f"human {folder} as closed list of {len(own)}"] = in_list(
            recogniser, clips, closed(own, folder)
        )
    for name, values in sets.items():
        print(f"{name:45}", json.dumps(values))
    (WORK / "run").mkdir(exist_ok=True)
    with (WORK / "run/evaluations.jsonl").open("a", encoding="utf-8") as log:
        print(
            json.dumps({"time": time.strftime("%H:%M"), "model": str(options.model), **sets}),
            file=log,
        )
    print(f"{time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    main()
