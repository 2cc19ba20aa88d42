"""How well utterances are understood, measured on a file of utterances and labels."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

import numpy as np

from voicebot.understanding.classifier import Classifier
from voicebot.understanding.interpretation import Decision, Interpretation
from voicebot.understanding.knowledge_schema import TOPIC_CODE, Service

_BINS = 10

Readings = Sequence[tuple[str, float]]


class EvaluationError(Exception):
    """The file of utterances cannot be used; the text names file, line and mend."""


@dataclass(frozen=True)
class Row:
    """One utterance and the labels that are right for it."""

    utterance: str
    labels: frozenset[str]


class Confusion(TypedDict):
    """How often one label was taken for another."""

    wanted: str
    got: str
    count: int


class UnderstandingReport(TypedDict):
    """Shares are 0..1, over all rows unless said otherwise.

    top1: the best candidate is right. top1_committed: the same, over rows that were answered
    without asking back. asked_back: rows that would be asked back about. out_of_scope_recall:
    rows labelled OUT_OF_SCOPE that were recognised so or not understood. false_rejections: rows
    of other labels that were taken for out of scope or not understood. distress_recall: rows
    labelled DISTRESS recognised so; distress_precision: the share of alarms that were right. ece:
    expected calibration error of the best candidate.
    """

    rows: int
    top1: float
    top1_committed: float
    asked_back: float
    top2_asked_back: float
    out_of_scope_recall: float
    false_rejections: float
    distress_recall: float
    distress_precision: float
    ece: float
    p50_ms: float
    p95_ms: float
    confusions: list[Confusion]


def read_rows(path: Path) -> list[Row]:
    """The rows of a file: utterance, tab, labels separated by `|`. A header line is skipped.

    Raises:
        EvaluationError: a line has no tab or an unknown label.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise EvaluationError(f"{path}: {error}: give a UTF-8 text file") from error
    rows = []
    known = set(Service)
    for number, line in enumerate(lines, start=1):
        if not line.strip() or (number == 1 and line.lower().startswith("utterance\t")):
            continue
        utterance, tab, label_text = line.partition("\t")
        labels = frozenset(label.strip() for label in label_text.split("|") if label.strip())
        if not tab or not labels:
            raise EvaluationError(f"{path}:{number}: write utterance, a tab, label|label…")
        if wrong := sorted(x for x in labels if x not in known and not TOPIC_CODE.fullmatch(x)):
            raise EvaluationError(
                f"{path}:{number}: {wrong[0]!r} is neither a topic code (E09) nor one of "
                + ", ".join(Service)
            )
        rows.append(Row(utterance.strip(), labels))
    if not rows:
        raise EvaluationError(f"{path}: no rows: write utterance, a tab, label|label…")
    return rows


def evaluate_understanding(path: Path, classifier: Classifier) -> UnderstandingReport:
    """Interpret every utterance of a file and compare with its labels.

    Raises:
        EvaluationError: the file cannot be used.
    """
    rows = read_rows(path)
    return evaluate_readings(rows, [((row.utterance, 1.0),) for row in rows], classifier)


def evaluate_readings(
    rows: list[Row], heard: Sequence[Readings], classifier: Classifier
) -> UnderstandingReport:
    """The same for rows that were heard, not read.

    Args:
        rows: the utterances with their labels.
        heard: the readings of each row with their weights, the best first; none of a row of
            which nothing was heard.
    """
    classifier.understand(rows[0].utterance)
    results: list[Interpretation] = []
    times_ms = []
    for readings in heard:
        started = time.perf_counter()
        results.append(classifier.understand(readings[0][0] if readings else "", readings))
        times_ms.append((time.perf_counter() - started) * 1000)
    return _report(rows, results, times_ms)


def _report(
    rows: list[Row], results: list[Interpretation], times_ms: list[float]
) -> UnderstandingReport:
    right = np.array([_is_right(row, one) for row, one in zip(rows, results, strict=True)])
    committed = np.array([one.decision is Decision.SURE for one in results])
    asked = np.array([one.decision is Decision.ASK_BACK for one in results])
    helpful = np.array(
        [
            any(candidate.topic in row.labels for candidate in one.candidates[:2])
            for row, one in zip(rows, results, strict=True)
        ]
    )
    foreign = np.array([Service.OUT_OF_SCOPE in row.labels for row in rows])
    rejected = np.array([_is_rejection(one) for one in results])
    distress = np.array([Service.DISTRESS in row.labels for row in rows])
    alarmed = np.array([one.best.topic == Service.DISTRESS for one in results])
    probability = np.array([one.best.probability for one in results])
    confusions = Counter(
        ("|".join(sorted(row.labels)), one.best.topic)
        for row, one, fine in zip(rows, results, right, strict=True)
        if not fine
    )
    return UnderstandingReport(
        rows=len(rows),
        top1=_share(right),
        top1_committed=_share(right[committed]),
        asked_back=_share(asked),
        top2_asked_back=_share(helpful[asked]),
        out_of_scope_recall=_share(rejected[foreign]),
        false_rejections=_share(rejected[~foreign]),
        distress_recall=_share(alarmed[distress]),
        distress_precision=_share(distress[alarmed]),
        ece=_calibration_error(probability, right),
        p50_ms=round(float(np.percentile(times_ms, 50)), 3),
        p95_ms=round(float(np.percentile(times_ms, 95)), 3),
        confusions=[
            Confusion(wanted=wanted, got=got, count=count)
            for (wanted, got), count in confusions.most_common()
        ],
    )


def _is_rejection(result: Interpretation) -> bool:
    return result.decision is Decision.UNKNOWN or result.best.topic == Service.OUT_OF_SCOPE


def _is_right(row: Row, result: Interpretation) -> bool:
    if Service.OUT_OF_SCOPE in row.labels and _is_rejection(result):
        return True
    return result.best.topic in row.labels


def _share(flags: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> float:
    return round(float(flags.mean()), 4) if flags.size else 0.0


def _calibration_error(
    probability: np.ndarray[tuple[int], np.dtype[np.float64]],
    right: np.ndarray[tuple[int], np.dtype[np.bool_]],
) -> float:
    bins = np.minimum((probability * _BINS).astype(int), _BINS - 1)
    error = 0.0
    for index in range(_BINS):
        inside = bins == index
        if inside.any():
            gap = abs(float(right[inside].mean()) - float(probability[inside].mean()))
            error += gap * float(inside.mean())
    return round(error, 4)
