"""Trains the intent classifier from the knowledge. Deterministic; under a minute on one core."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
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
from voicebot.understanding.linear import LinearModel, Vocabulary
from voicebot.understanding.model_file import Meta, save_model

_FOLDS = 4
_VARIANT_IMPORTANCE = 0.5
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
class _Utterance:
    counts: Counter[str]
    intent: str
    example: int
    importance: float


def columns_by_intent(knowledge: Knowledge) -> dict[str, str]:
    """The decision column of every entry: its topic, or `NO_REQUEST` for negative entries."""
    return {entry.id: NO_REQUEST if entry.negative else entry.topic for entry in knowledge}


def train(knowledge: Knowledge, out_folder: Path) -> TrainingReport:
    """Train, choose thresholds by cross-validation, and write the model into `out_folder`."""
    started = time.monotonic()
    utterances = _utterances(knowledge)
    temperature, thresholds, figures = _calibrate(knowledge, utterances)
    vocabulary, model = _fit(utterances)
    meta = Meta(
        digest=knowledge.digest,
        features_version=FEATURES_VERSION,
        intents=model.intents,
        thresholds=thresholds,
        utterances=len(utterances),
        cross_validation=figures,
    )
    save_model(out_folder, vocabulary, model, temperature, meta)
    return TrainingReport(
        intents=len(model.intents),
        examples=utterances[-1].example + 1,
        utterances=len(utterances),
        features=len(vocabulary.features),
        seconds=time.monotonic() - started,
        cross_validation=figures,
    )


def _utterances(knowledge: Knowledge) -> list[_Utterance]:
    """Every example, followed by its variants."""
    rng = random.Random(1555)
    extractor = FeatureExtractor(knowledge.synonyms)
    made: list[_Utterance] = []
    number = 0
    for entry in knowledge:
        for example in entry.examples:
            variants = [misheard(example, rng)]
            if entry.topic not in _BARE and not entry.negative:
                variants += [wordy(example, rng), misheard(wordy(example, rng), rng)]
            made.append(_Utterance(extractor.count(example), entry.id, number, 1.0))
            made += [
                _Utterance(extractor.count(variant), entry.id, number, _VARIANT_IMPORTANCE)
                for variant in variants
            ]
            number += 1
    return made


def _fit(utterances: Sequence[_Utterance]) -> tuple[Vocabulary, LinearModel]:
    counted = [one.counts for one in utterances]
    vocabulary = Vocabulary.learn(counted)
    model = LinearModel.fit(
        vocabulary.matrix(counted),
        [one.intent for one in utterances],
        [one.importance for one in utterances],
    )
    return vocabulary, model


def _calibrate(
    knowledge: Knowledge, utterances: Sequence[_Utterance]
) -> tuple[float, Thresholds, dict[str, float]]:
    """Temperature and thresholds from utterances whose example the model has not seen."""
    margins, held_out, intents = _held_out_margins(utterances)
    column = {intent: index for index, intent in enumerate(intents)}
    truth = np.array([column[one.intent] for one in held_out])
    temperature = fit_temperature(margins, truth)
    merged, names = merge_by_topic(
        softmax(margins, temperature), intents, columns_by_intent(knowledge)
    )
    topics = columns_by_intent(knowledge)
    wanted = np.array([names.index(topics[one.intent]) for one in held_out])
    strangers = wanted == names.index(NO_REQUEST) if NO_REQUEST in names else wanted < 0
    sure, unknown = choose_decisions(_without(merged, names), wanted, strangers)
    is_distress = np.array([topics[one.intent] == Service.DISTRESS for one in held_out])
    alarm = (
        choose_distress(merged[:, names.index(Service.DISTRESS)], is_distress)
        if is_distress.any()
        else 1.0
    )
    best = merged.argmax(axis=1)
    top = merged.max(axis=1)
    right = best == wanted
    figures = {
        "top1": float(right.mean()),
        "committed": float((top >= sure).mean()),
        "top1_committed": float(right[top >= sure].mean()) if (top >= sure).any() else 0.0,
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
    utterances: Sequence[_Utterance],
) -> tuple[FloatArray, list[_Utterance], tuple[str, ...]]:
    intent_of_example: dict[int, str] = {one.example: one.intent for one in utterances}
    examples = np.array(sorted(intent_of_example))
    labels = [intent_of_example[example] for example in examples]
    folds = StratifiedKFold(_FOLDS, shuffle=True, random_state=0)
    all_margins: list[FloatArray] = []
    held_out: list[_Utterance] = []
    intents: tuple[str, ...] = ()
    for _, test in folds.split(examples, labels):
        unseen = set(examples[test].tolist())
        vocabulary, model = _fit([one for one in utterances if one.example not in unseen])
        tested = [one for one in utterances if one.example in unseen]
        all_margins.append(model.margins(vocabulary.matrix([one.counts for one in tested])))
        held_out += tested
        intents = model.intents
    return np.concatenate(all_margins), held_out, intents
