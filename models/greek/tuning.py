"""Fit how the Greek recogniser weighs its parts and how sure it says it is.

Weights are fitted on the tune half of the hard speech, on every second clip of the other free
sets and on human words; the confidence on the clips between, which had no part in the weights.
"""

from __future__ import annotations

import dataclasses
import itertools
import math
from collections.abc import Callable, Iterable, Sequence

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from models.greek import channel, phrases
from models.greek.dataset import development, human_greek
from models.greek.sets import Clip, spoken_digits, wide
from voicebot.hearing import ctc
from voicebot.hearing.constraint import Constraint, digits
from voicebot.hearing.constraint import phrases as closed
from voicebot.hearing.evaluation import edit_distance, scored_words
from voicebot.hearing.greek import GreekRecogniser
from voicebot.hearing.greek_readings import Calibration, Heard, ordered
from voicebot.hearing.greek_sounds import BLANK
from voicebot.hearing.recogniser import FloatArray
from voicebot.hearing.word_search import Tuning, WordSearch

_GOOD = 0.3  # of the words wrong
#: Errors taken for granted in each set: one word more where hardly any is wrong decides nothing.
_SPARE = 5
#: People count for more than voices that are like those trained on.
_TIMES = {"human": 3}


def tuning_sets(count: int) -> dict[str, list[Clip]]:
    """What the weights are fitted on, by kind."""
    human = human_greek()
    return {
        "hard": development("dev-hard-tune", count // 2),
        "wording": development("dev-wording", count)[::2],
        "general": development("dev-general", count)[::2],
        "domain": development("dev-domain", count)[::2],
        "human": [(audio, text) for _, audio, text in human[::2]],
    }


def confidence_sets(count: int) -> list[tuple[list[Clip], Constraint | None]]:
    """What the confidence is fitted on, with the grammar that would be expected."""
    human = human_greek()
    words = closed(sorted({text for _, _, text in human}), "words")
    towns = closed([name for name, _ in phrases.PLACES], "towns")
    rng = np.random.default_rng(11)
    return [
        (development("dev-wording", count)[1::2], None),
        (development("dev-general", count)[1::2], None),
        (development("dev-domain", count)[1::2], None),
        ([(audio, text) for _, audio, text in human[1::2]], words),
        (development("dev-places", count)[::2], towns),
        (development("dev-digits", count)[::2], digits(range(5, 12))),
        ([(channel.not_speech(rng), "") for _ in range(60)], None),
    ]


def with_less_blank(scores: FloatArray, less: float) -> FloatArray:
    """Scores as the head would give them with so much less liking for silence."""
    changed = scores.copy()
    changed[:, BLANK] -= less
    return ctc.without_silence(ctc.log_softmax(changed))


def fit_search(
    recogniser: GreekRecogniser, search_of: Callable[[Tuning], WordSearch], count: int
) -> Calibration:
    """Choose search weights and blank one after the other: least geometric mean of word errors."""
    sets = {
        name: [(recogniser.hear(wide(audio)).scores, scored_words(said)) for audio, said in clips]
        for name, clips in tuning_sets(count).items()
    }
    known: dict[tuple[Tuning, float], float] = {}

    def errors(tuning: Tuning, blank: float) -> float:
        if (tuning, blank) not in known:
            search, logs, shown = search_of(tuning), [], []
            for name, clips in sets.items():
                wrong = words = 0
                for scores, said in clips:
                    found = search.search(with_less_blank(scores, blank), 1)
                    heard = scored_words(found[0].text) if found else []
                    wrong, words = wrong + edit_distance(heard, said), words + len(said)
                logs += [math.log((wrong + _SPARE) / words)] * _TIMES.get(name, 1)
                shown.append(round(wrong / words, 3))
            known[tuning, blank] = math.exp(sum(logs) / len(logs))
            print(
                f"weight {tuning.weight} bonus {tuning.bonus} joined {tuning.joined} "
                f"blank {blank}: {dict(zip(sets, shown, strict=True))} {known[tuning, blank]:.4f}",
                flush=True,
            )
        return known[tuning, blank]

    best, blank = recogniser.calibration.search, recogniser.calibration.blank
    blank = min((blank, 0.7, 1.4, 2.0, 2.6, 3.2), key=lambda tried: errors(best, tried))
    for name, moves in (("bonus", (-0.4, 0.4)), ("weight", (-0.12, 0.12))):
        here = getattr(best, name)
        tried = [dataclasses.replace(best, **{name: round(here + move, 2)}) for move in moves]
        best = min([best, *tried], key=lambda tuning: errors(tuning, blank))
    order = (0.0, best.weight, best.bonus)
    return dataclasses.replace(recogniser.calibration, search=best, blank=blank, order=order)


def fit_order(recogniser: GreekRecogniser, count: int) -> tuple[float, float, float]:
    """Choose the weights that order the readings, around those of the search."""
    sets = []
    for name, clips in tuning_sets(count).items():
        rows = []
        for audio, said in clips:
            heard = recogniser.hear(wide(audio))
            readings = recogniser.readings(heard)[0] if heard.free_path else []
            words = scored_words(said)
            errors = [edit_distance(scored_words(r.text), words) for r in readings]
            rows.append((readings, errors, len(words)))
        sets += [rows] * _TIMES.get(name, 1)
    weight = recogniser.calibration.search.weight
    decoder = (0.0, 0.05, 0.1, 0.2, 0.35) if recogniser.calibration.beam else (0.0,)
    best = (9.0, recogniser.calibration.order)
    for order in itertools.product(
        decoder,
        [weight + d for d in (-0.2, -0.1, 0.0, 0.1, 0.2)],
        (-0.5, -0.25, 0.0, 0.25, 0.5, 1.0),
    ):
        trial = dataclasses.replace(recogniser.calibration, order=order)
        logs = []
        for rows in sets:
            wrong = 0
            for readings, errors, size in rows:
                if readings:
                    first = ordered(readings, trial)[0][0]
                    wrong += errors[readings.index(first)]
                else:
                    wrong += size
            logs.append(math.log((wrong + _SPARE) / sum(size for _, _, size in rows)))
        best = min(best, (math.exp(sum(logs) / len(logs)), order))
    print(f"order {best[1]}: word error {best[0]:.4f}", flush=True)
    return best[1]


def fit_confidence(recogniser: GreekRecogniser, count: int) -> dict[str, list[float]]:
    """Fit confidences by logistic regression; noise counts as heard wrong."""
    sources = confidence_sets(count)
    grammars = [constraint for _, constraint in sources if constraint is not None]
    free: list[tuple[list[float], float]] = []
    constrained: list[tuple[list[float], float]] = []
    for clips, constraint in sources:
        for audio, said in clips:
            heard = recogniser.hear(wide(audio))
            if not heard.free_path:
                continue
            free += _free_row(recogniser, heard, said)
            for expected in grammars:
                path, shortfall = recogniser.list_shortfall(heard, expected)
                right = constraint is expected and spoken_digits(path) == spoken_digits(said)
                # of a wrong answer among the expected ones the share among alternatives says so
                if constraint is not expected or right:
                    constrained.append(([shortfall, 1.0], float(right)))
    return {"free": _logistic_regression(free), "constrained": _logistic_regression(constrained)}


def _free_row(
    recogniser: GreekRecogniser, heard: Heard, said: str
) -> Iterable[tuple[list[float], float]]:
    readings, _ = recogniser.readings(heard)
    if not readings:
        return []
    best, share = ordered(readings, recogniser.calibration)[0]
    words = scored_words(said)
    wrong = edit_distance(scored_words(best.text), words)
    good = bool(words) and wrong / len(words) < _GOOD
    return [([*best.features(heard, share), 1.0], float(good))]


def _logistic_regression(rows: Sequence[tuple[list[float], float]]) -> list[float]:
    x, y = np.array([r[0] for r in rows]), np.array([r[1] for r in rows])
    weight = np.where(y > 0.5, 1 / max(y.sum(), 1), 1 / max((1 - y).sum(), 1)) * len(y) / 2

    def loss(w: npt.NDArray[np.float64]) -> float:
        z = x @ w
        cost = (weight * np.logaddexp(0, np.where(y > 0.5, -z, z))).mean()
        return float(cost + 1e-3 * (w**2).sum())

    return [round(float(v), 3) for v in minimize(loss, np.zeros(x.shape[1])).x]
