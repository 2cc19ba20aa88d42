"""From margins to probabilities that can be believed, and to the three decisions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

FloatArray = npt.NDArray[np.float32]
BoolArray = npt.NDArray[np.bool_]

# What the decisions are worth to a caller: a wrong answer costs more than a question, and a
# question that offers the right topic is half a success.
_RIGHT, _WRONG, _HELPFUL_QUESTION, _USELESS_QUESTION, _LOST = 1.0, -1.2, 0.5, -0.4, -0.5
_REJECTED_RIGHTLY, _ACCEPTED_WRONGLY = 1.0, -1.5
_MAX_FALSE_REJECTIONS = 0.04
_MAX_FALSE_ALARMS = 0.005


@dataclass(frozen=True)
class Mixture:
    """How much the evidence of each model counts: the factors of margins and of logits."""

    margins: float
    logits: float

    def scores(self, margins: FloatArray, logits: FloatArray) -> FloatArray:
        """The evidence of both, shape (utterances, intents)."""
        result: FloatArray = (margins * self.margins + logits * self.logits).astype(np.float32)
        return result


def softmax(scores: FloatArray) -> FloatArray:
    """Probabilities of shape (utterances, intents); each row adds up to 1."""
    scaled = scores - scores.max(axis=1, keepdims=True)
    exponentials = np.exp(scaled)
    result: FloatArray = exponentials / exponentials.sum(axis=1, keepdims=True)
    return result


def fit_mixture(margins: FloatArray, logits: FloatArray, truth: npt.NDArray[np.int64]) -> Mixture:
    """The factors that make held-out utterances most likely."""
    rows = np.arange(len(truth))

    def surprise(log_factors: npt.NDArray[np.float64]) -> float:
        one, other = np.exp(np.clip(log_factors, -5, 5))
        likely = softmax(Mixture(float(one), float(other)).scores(margins, logits))[rows, truth]
        return float(-np.log(np.maximum(likely, 1e-9)).mean())

    options = {"xatol": 0.01, "fatol": 1e-5, "maxiter": 80}
    best = minimize(surprise, np.log([3.0, 0.5]), method="Nelder-Mead", options=options)
    one, other = np.exp(np.clip(best.x, -5, 5))
    return Mixture(float(one), float(other))


def merge_by_topic(
    probabilities: FloatArray, intents: Sequence[str], topics: Mapping[str, str]
) -> tuple[FloatArray, list[str]]:
    """Probabilities of topics, shape (utterances, topics), and the topics in column order."""
    names = sorted(set(topics.values()))
    column = {name: index for index, name in enumerate(names)}
    merged = np.zeros((len(probabilities), len(names)), dtype=np.float32)
    for index, intent in enumerate(intents):
        merged[:, column[topics[intent]]] += probabilities[:, index]
    return merged, names


def choose_decisions(
    merged: FloatArray, truth: npt.NDArray[np.int64], strangers: BoolArray
) -> tuple[float, float]:
    """The thresholds `sure` and `unknown` that serve callers best on held-out utterances.

    Args:
        merged: probabilities of topics, shape (utterances, topics), without the strangers' own.
        truth: column of the right topic; not read for strangers.
        strangers: utterances that are no request at all.
    """
    order = np.argsort(-merged, axis=1)
    best = np.take_along_axis(merged, order[:, :1], axis=1)[:, 0]
    first = (order[:, 0] == truth) & ~strangers
    among_two = (order[:, :2] == truth[:, None]).any(axis=1) & ~strangers
    top: tuple[float, float, float] | None = None
    for unknown in np.arange(0.06, 0.5, 0.02):
        rejected = best < unknown
        if rejected[~strangers].mean() > _MAX_FALSE_REJECTIONS and unknown > 0.06:
            break
        for sure in np.arange(unknown, 0.95, 0.02):
            commits = best >= sure
            asks = ~rejected & ~commits
            worth = np.where(first, _RIGHT, np.where(strangers, _ACCEPTED_WRONGLY, _WRONG))
            question = np.where(
                strangers, -0.2, np.where(among_two, _HELPFUL_QUESTION, _USELESS_QUESTION)
            )
            silence = np.where(strangers, _REJECTED_RIGHTLY, _LOST)
            total = float(np.where(commits, worth, np.where(asks, question, silence)).mean())
            if top is None or total > top[0]:
                top = (total, float(sure), float(unknown))
    assert top is not None
    return top[1], top[2]


def choose_distress(probability: FloatArray, is_distress: BoolArray) -> float:
    """The lowest threshold at which next to nobody else is taken for a caller in distress."""
    others = np.sort(probability[~is_distress])[::-1]
    allowed = int(len(others) * _MAX_FALSE_ALARMS)
    floor = float(others[allowed]) if allowed < len(others) else 0.0
    return min(max(floor, 0.08), 0.5)
