"""Trains the intent classifier from the knowledge. Deterministic; under a minute on one core."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from sklearn.model_selection import StratifiedKFold

from voicebot.understanding.augmentation import misheard, wordy
from voicebot.understanding.calibration import (
    FloatArray,
    Thresholds,
    choose_decisions,
    choose_distress,
    fit_temperature,
    merge_by_topic,
    softmax,
)
from voicebot.understanding.features import FEATURES_VERSION, FeatureExtractor
from voicebot.understanding.knowledge import Knowledge
from voicebot.understanding.knowledge_schema import Service
from voicebot.understanding.linear import CountedUtterances, LinearModel, Vocabulary
from voicebot.understanding.model_file import Meta, save_model
from voicebot.understanding.patterns import Pattern

_FOLDS = 3
_VARIANT_IMPORTANCE = 0.5
_PATTERN_SAMPLES = 8
_PATTERN_SAMPLES_MISHEARD = 2
# The negative entry has a column of its own: it says "no request", not "a request of others".
NO_REQUEST = "~"

# Answers to the line's own questions are short; nobody wraps them in an opening.
_BARE = frozenset(
    {
        Service.YES,
        Service.NO,
        Service.REPEAT,
        Service.SLOWER,
        Service.LOUDER,
        Service.GREETING,
        Service.GOODBYE,
        Service.THANKS,
    }
)


@dataclass(frozen=True)
class TrainingReport:
    """What came out of a training run. Shares are 0..1, on held-out examples."""

    intents: int
    examples: int
    utterances: int
    features: int
    seconds: float
    cross_validation: dict[str, float]


@dataclass(frozen=True)
class _Corpus:
    """All training utterances: every example followed by its variants, then the patterns.

    `examples` numbers the examples; utterances of patterns have -1 and are never held out.
    """

    counted: CountedUtterances
    intents: npt.NDArray[np.str_]
    examples: npt.NDArray[np.int64]
    importance: FloatArray

    def fit(self, rows: npt.NDArray[np.int64]) -> tuple[Vocabulary, LinearModel]:
        """Train on some of the utterances."""
        chosen = self.counted.rows(rows)
        vocabulary = Vocabulary.learn(chosen)
        model = LinearModel.fit(
            vocabulary.weigh(chosen), self.intents[rows].tolist(), self.importance[rows]
        )
        return vocabulary, model


def columns_by_intent(knowledge: Knowledge) -> dict[str, str]:
    """The decision column of every entry: its topic, or `NO_REQUEST` for negative entries."""
    return {entry.id: NO_REQUEST if entry.negative else entry.topic for entry in knowledge}


def train(knowledge: Knowledge, out_folder: Path) -> TrainingReport:
    """Train, choose thresholds by cross-validation, and write the model into `out_folder`."""
    started = time.monotonic()
    corpus = _corpus(knowledge)
    temperature, thresholds, figures = _calibrate(knowledge, corpus)
    vocabulary, model = corpus.fit(np.arange(len(corpus.intents)))
    meta = Meta(
        digest=knowledge.digest,
        features_version=FEATURES_VERSION,
        intents=model.intents,
        thresholds=thresholds,
        utterances=len(corpus.intents),
        cross_validation=figures,
    )
    save_model(out_folder, vocabulary, model, temperature, meta)
    return TrainingReport(
        intents=len(model.intents),
        examples=int(corpus.examples.max()) + 1,
        utterances=len(corpus.intents),
        features=len(vocabulary.features),
        seconds=time.monotonic() - started,
        cross_validation=figures,
    )


def _corpus(knowledge: Knowledge) -> _Corpus:
    rng = random.Random(1555)
    extractor = FeatureExtractor(knowledge.synonyms)
    counted: list[Counter[str]] = []
    intents: list[str] = []
    examples: list[int] = []
    importance: list[float] = []
    number = 0
    for entry in knowledge:
        for example in entry.examples:
            variants = [misheard(example, rng)]
            if entry.topic not in _BARE and not entry.negative:
                variants += [wordy(example, rng), misheard(wordy(example, rng), rng)]
            counted += [extractor.count(text) for text in (example, *variants)]
            intents += [entry.id] * (1 + len(variants))
            examples += [number] * (1 + len(variants))
            importance += [1.0, *[_VARIANT_IMPORTANCE] * len(variants)]
            number += 1
    for entry in knowledge:
        for pattern in entry.patterns:
            texts = Pattern(pattern, knowledge.phrases).samples(rng, _PATTERN_SAMPLES)
            texts += [misheard(text, rng) for text in texts[:_PATTERN_SAMPLES_MISHEARD]]
            counted += [extractor.count(text) for text in texts]
            intents += [entry.id] * len(texts)
            examples += [-1] * len(texts)
            importance += [_VARIANT_IMPORTANCE] * len(texts)
    return _Corpus(
        CountedUtterances.of(counted),
        np.array(intents),
        np.array(examples),
        np.array(importance, dtype=np.float32),
    )


def _calibrate(knowledge: Knowledge, corpus: _Corpus) -> tuple[float, Thresholds, dict[str, float]]:
    """Temperature and thresholds from utterances whose example the model has not seen."""
    margins, held_out, intents = _held_out_margins(corpus)
    topics = columns_by_intent(knowledge)
    temperature = fit_temperature(margins, np.searchsorted(intents, corpus.intents[held_out]))
    merged, names = merge_by_topic(softmax(margins, temperature), intents, topics)
    wanted = np.array([names.index(topics[intent]) for intent in corpus.intents[held_out]])
    strangers = wanted == names.index(NO_REQUEST) if NO_REQUEST in names else wanted < 0
    sure, unknown = choose_decisions(_without(merged, names), wanted, strangers)
    alarm = 1.0
    if Service.DISTRESS in names:
        distress = names.index(Service.DISTRESS)
        alarm = choose_distress(merged[:, distress], wanted == distress)
    right = merged.argmax(axis=1) == wanted
    commits = merged.max(axis=1) >= sure
    figures = {
        "top1": float(right.mean()),
        "committed": float(commits.mean()),
        "top1_committed": float(right[commits].mean()) if commits.any() else 0.0,
        "temperature": temperature,
    }
    return temperature, Thresholds(sure=sure, unknown=unknown, distress=alarm), figures


def _without(merged: FloatArray, names: Sequence[str]) -> FloatArray:
    """The probabilities with the mass of "no request" taken out, not spread over the others."""
    kept = merged.copy()
    if NO_REQUEST in names:
        kept[:, names.index(NO_REQUEST)] = 0.0
    return kept


def _held_out_margins(
    corpus: _Corpus,
) -> tuple[FloatArray, npt.NDArray[np.int64], tuple[str, ...]]:
    """Margins, the rows that they belong to, and the intents in column order."""
    is_first = (np.diff(corpus.examples, prepend=-1) != 0) & (corpus.examples >= 0)
    first_rows = np.flatnonzero(is_first)
    folds = StratifiedKFold(_FOLDS, shuffle=True, random_state=0)
    margins: list[FloatArray] = []
    held_out: list[npt.NDArray[np.int64]] = []
    intents: tuple[str, ...] = ()
    for _, test in folds.split(first_rows, corpus.intents[first_rows]):
        unseen = np.isin(corpus.examples, test)
        vocabulary, model = corpus.fit(np.flatnonzero(~unseen))
        tested = np.flatnonzero(unseen)
        margins.append(model.margins(vocabulary.weigh(corpus.counted.rows(tested))))
        held_out.append(tested)
        intents = model.intents
    return np.concatenate(margins), np.concatenate(held_out), intents
