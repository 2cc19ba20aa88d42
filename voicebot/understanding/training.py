"""Trains the intent classifier from the knowledge. Deterministic; under 90 s on two cores."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from sklearn.model_selection import StratifiedKFold
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from voicebot.understanding.augmentation import misheard, wordy
from voicebot.understanding.calibration import (
    FloatArray,
    Mixture,
    choose_decisions,
    choose_distress,
    fit_mixture,
    merge_by_topic,
    softmax,
)
from voicebot.understanding.encoder import Encoder
from voicebot.understanding.features import FEATURES_VERSION, FeatureExtractor
from voicebot.understanding.knowledge import Knowledge
from voicebot.understanding.knowledge_schema import Service
from voicebot.understanding.linear import CountedUtterances, LinearModel, Vocabulary
from voicebot.understanding.model_file import Trained, save_model
from voicebot.understanding.model_meta import Meta, Thresholds
from voicebot.understanding.patterns import Pattern

# Two of three folds say enough, and leave time for the rest.
_FOLDS, _FOLDS_MEASURED = 3, 2
_THREADS = 2
_VARIANT_IMPORTANCE = 0.5
_PATTERN_SAMPLES = 8
# What is not ours is without end: its patterns are drawn from more often.
_PATTERN_SAMPLES_FOREIGN = 24
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
class Corpus:
    """All training utterances: every example followed by its variants, then the patterns.

    `examples` numbers the examples; utterances of patterns have -1 and are never held out.
    """

    texts: tuple[str, ...]
    counted: CountedUtterances
    intents: npt.NDArray[np.str_]
    examples: npt.NDArray[np.int64]
    importance: FloatArray

    def fit(self, rows: npt.NDArray[np.int64]) -> tuple[Vocabulary, LinearModel, Encoder]:
        """Train on some of the utterances."""
        chosen = self.counted.rows(rows)
        vocabulary = Vocabulary.learn(chosen)
        matrix = vocabulary.weigh(chosen)
        labels, importance = self.intents[rows].tolist(), self.importance[rows]
        linear = LinearModel.fit(matrix, labels, importance)
        return vocabulary, linear, Encoder.fit(matrix, labels, importance)


def columns_by_intent(knowledge: Knowledge) -> dict[str, str]:
    """The decision column of every entry: its topic, or `NO_REQUEST` for negative entries."""
    return {entry.id: NO_REQUEST if entry.negative else entry.topic for entry in knowledge}


def train(knowledge: Knowledge, out_folder: Path) -> TrainingReport:
    """Train, choose thresholds by cross-validation, and write the model into `out_folder`."""
    # One thread for each matrix product: the products are small, and two models learn at once.
    with threadpool_limits(limits=1):
        return _train(knowledge, out_folder)


def _train(knowledge: Knowledge, out_folder: Path) -> TrainingReport:
    started = time.monotonic()
    corpus = build_corpus(knowledge)
    mixture, thresholds, figures = _calibrate(knowledge, corpus)
    vocabulary, linear, encoder = corpus.fit(np.arange(len(corpus.intents)))
    meta = Meta(
        digest=knowledge.digest,
        features_version=FEATURES_VERSION,
        intents=linear.intents,
        thresholds=thresholds,
        utterances=len(corpus.intents),
        cross_validation=figures,
    )
    save_model(out_folder, Trained(vocabulary, linear, encoder, mixture), meta)
    return TrainingReport(
        intents=len(linear.intents),
        examples=int(corpus.examples.max()) + 1,
        utterances=len(corpus.intents),
        features=len(vocabulary.features),
        seconds=time.monotonic() - started,
        cross_validation=figures,
    )


def build_corpus(knowledge: Knowledge) -> Corpus:
    """All training utterances of the knowledge; deterministic."""
    rng = random.Random(1555)
    extractor = FeatureExtractor(knowledge.synonyms)
    utterances: list[str] = []
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
            utterances += [example, *variants]
            counted += [extractor.count(text) for text in (example, *variants)]
            intents += [entry.id] * (1 + len(variants))
            examples += [number] * (1 + len(variants))
            importance += [1.0, *[_VARIANT_IMPORTANCE] * len(variants)]
            number += 1
    for entry in knowledge:
        for pattern in entry.patterns:
            foreign = entry.topic == Service.OUT_OF_SCOPE
            count = _PATTERN_SAMPLES_FOREIGN if foreign else _PATTERN_SAMPLES
            texts = Pattern(pattern, knowledge.phrases).samples(rng, count)
            texts += [misheard(text, rng) for text in texts[:_PATTERN_SAMPLES_MISHEARD]]
            utterances += texts
            counted += [extractor.count(text) for text in texts]
            intents += [entry.id] * len(texts)
            examples += [-1] * len(texts)
            importance += [_VARIANT_IMPORTANCE] * len(texts)
    return Corpus(
        tuple(utterances),
        CountedUtterances.of(counted),
        np.array(intents),
        np.array(examples),
        np.array(importance, dtype=np.float32),
    )


def _calibrate(
    knowledge: Knowledge, corpus: Corpus
) -> tuple[Mixture, Thresholds, dict[str, float]]:
    """Mixture and thresholds from utterances whose example the models have not seen."""
    margins, logits, held_out, intents = _held_out(corpus)
    topics = columns_by_intent(knowledge)
    truth = np.searchsorted(intents, corpus.intents[held_out])
    mixture = fit_mixture(margins, logits, truth)
    merged, names = merge_by_topic(softmax(mixture.scores(margins, logits)), intents, topics)
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
        "factor_margins": mixture.margins,
        "factor_logits": mixture.logits,
    }
    return mixture, Thresholds(sure=sure, unknown=unknown, distress=alarm), figures


def _without(merged: FloatArray, names: Sequence[str]) -> FloatArray:
    """The probabilities with the mass of "no request" taken out, not spread over the others."""
    kept = merged.copy()
    if NO_REQUEST in names:
        kept[:, names.index(NO_REQUEST)] = 0.0
    return kept


def _held_out(
    corpus: Corpus,
) -> tuple[FloatArray, FloatArray, npt.NDArray[np.int64], tuple[str, ...]]:
    """Margins and logits, the rows that they belong to, and the intents in column order."""
    is_first = (np.diff(corpus.examples, prepend=-1) != 0) & (corpus.examples >= 0)
    first_rows = np.flatnonzero(is_first)
    folds = StratifiedKFold(_FOLDS, shuffle=True, random_state=0)

    def tested(
        test: npt.NDArray[np.int64],
    ) -> tuple[FloatArray, FloatArray, npt.NDArray[np.int64], tuple[str, ...]]:
        unseen = np.isin(corpus.examples, test)
        vocabulary, linear, encoder = corpus.fit(np.flatnonzero(~unseen))
        rows = np.flatnonzero(unseen)
        matrix = vocabulary.weigh(corpus.counted.rows(rows))
        return linear.margins(matrix), encoder.logits(matrix), rows, linear.intents

    tests = [test for _, test in folds.split(first_rows, corpus.intents[first_rows])]
    # The machines release the interpreter lock while they learn.
    with ThreadPoolExecutor(_THREADS) as pool:
        parts = list(pool.map(tested, tests[:_FOLDS_MEASURED]))
    margins, logits, held_out = (np.concatenate([part[i] for part in parts]) for i in range(3))
    return margins, logits, held_out, parts[0][3]
