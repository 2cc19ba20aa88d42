"""From an utterance to an intent: runs the trained model and decides how far to trust it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnxruntime as ort

from voicebot.understanding.features import FEATURES_VERSION, FeatureExtractor
from voicebot.understanding.interpretation import Candidate, Decision, Interpretation
from voicebot.understanding.knowledge import Knowledge
from voicebot.understanding.knowledge_schema import Entry, Service
from voicebot.understanding.model_meta import (
    GRAPH_FILE,
    META_FILE,
    VOCABULARY_FILE,
    Meta,
    Thresholds,
)
from voicebot.understanding.signals import Signals
from voicebot.understanding.text import fold, skeleton

MAX_CANDIDATES = 5
# A reading less likely than this cannot raise an alarm.
_SIGNAL_WEIGHT = 0.15
_SIGNAL_PROBABILITY = 0.97
# What is left of an alarm that only the words raise, where an editor wrote an exception.
_EXCEPTED = 0.01
# An utterance that sounds exactly like an example hardly needs the model.
_VERBATIM_PROBABILITY = 0.9
_MEND = "run `voicebot train` (or `make setup`)"

FloatArray = npt.NDArray[np.float32]


class ClassifierError(Exception):
    """The trained model is missing or does not belong to the knowledge; the text says the mend."""


class _GraphError(Exception):
    """onnxruntime cannot use the graph."""


def _session(path: Path) -> ort.InferenceSession:
    options = ort.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    # Not from bytes, which the session would keep beside what it makes of them: 40 MB.
    path.open("rb").close()
    try:
        return ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # the errors of onnxruntime have no base of their own
        raise _GraphError(str(error)) from error


class Classifier:
    """The trained model with the knowledge it was trained from. Safe to share between threads."""

    def __init__(
        self,
        knowledge: Knowledge,
        session: ort.InferenceSession,
        vocabulary: Sequence[str],
        meta: Meta,
    ) -> None:
        self._session = session
        self._ids = {feature: index for index, feature in enumerate(vocabulary)}
        self._thresholds: Thresholds = meta.thresholds
        self._extractor = FeatureExtractor(knowledge.synonyms)
        self._entries: list[Entry] = [knowledge.entry(intent) for intent in meta.intents]
        self._signals = [
            (index, Signals(entry.signals))
            for index, entry in enumerate(self._entries)
            if entry.signals
        ]
        self._verbatim = _verbatim(self._entries)
        self._fallback = next(
            (entry for entry in self._entries if entry.negative), self._entries[0]
        )

    @classmethod
    def load(cls, folder: Path, knowledge: Knowledge) -> Classifier:
        """Load the model of a folder.

        Raises:
            ClassifierError: there is none, it cannot be read, or the knowledge has changed since.
        """
        try:
            meta = Meta.model_validate_json((folder / META_FILE).read_bytes())
            vocabulary = (folder / VOCABULARY_FILE).read_text(encoding="utf-8").split("\n")
            session = _session(folder / GRAPH_FILE)
        except FileNotFoundError as error:
            raise ClassifierError(f"no trained classifier in {folder}: {_MEND}") from error
        except (OSError, ValueError, _GraphError) as error:
            raise ClassifierError(
                f"the classifier in {folder} cannot be read ({error}): {_MEND}"
            ) from error
        if meta.digest != knowledge.digest or meta.features_version != FEATURES_VERSION:
            raise ClassifierError(
                f"intents/ has changed since the classifier in {folder} was trained: {_MEND}"
            )
        return cls(knowledge, session, vocabulary, meta)

    def understand(
        self, text: str, alternatives: Sequence[tuple[str, float]] = ()
    ) -> Interpretation:
        """What an utterance means.

        Args:
            text: the best reading.
            alternatives: other readings with their weights (any positive scale); when the best
                reading is not among them it counts as much as the best of them.
        """
        readings = _weighted(text, alternatives)
        probabilities = sum(
            (weight * self._probabilities(reading) for reading, weight in readings),
            start=np.zeros(len(self._entries), dtype=np.float32),
        )
        alarmed = [
            index
            for index, signals in self._signals
            if any(w >= _SIGNAL_WEIGHT and signals.match(reading) for reading, w in readings)
        ]
        if alarmed:
            loudest = max(alarmed, key=lambda index: probabilities[index])
            probabilities *= 1 - _SIGNAL_PROBABILITY
            probabilities[loudest] += _SIGNAL_PROBABILITY
        else:
            # «Με χτύπησε η ακρίβεια» is no violence, and no other danger either.
            if any(
                all(signals.excepted(reading) for reading, _ in readings)
                for _, signals in self._signals
            ):
                probabilities[[index for index, _ in self._signals]] *= _EXCEPTED
            if (total := float(probabilities.sum())) > 0:
                probabilities /= total
        candidates = self._candidates(probabilities)
        return Interpretation(candidates, self._decide(candidates))

    def _probabilities(self, reading: str) -> FloatArray:
        counts = self._extractor.count(reading)
        known = [(self._ids[f], n) for f, n in counts.items() if f in self._ids]
        if not known:
            return np.zeros(len(self._entries), dtype=np.float32)
        known.sort()
        inputs = {
            "ids": np.array([index for index, _ in known], dtype=np.int64),
            "counts": np.array([n for _, n in known], dtype=np.float32),
        }
        result: FloatArray = self._session.run(None, inputs)[0]
        same = self._verbatim.get(skeleton(reading))
        if same is not None:
            result = result * np.float32(1 - _VERBATIM_PROBABILITY)
            result[same] += _VERBATIM_PROBABILITY
        return result

    def _candidates(self, probabilities: FloatArray) -> tuple[Candidate, ...]:
        """One candidate a topic, its best entry with the probability of the whole topic.

        The negative entry stands alone: it is no request, not a request of others.
        """
        best: dict[tuple[str, bool], tuple[float, float, Entry]] = {}
        for entry, probability in zip(self._entries, probabilities.tolist(), strict=True):
            key = (entry.topic, entry.negative)
            highest, total, chosen = best.get(key, (-1.0, 0.0, entry))
            if probability > highest:
                highest, chosen = probability, entry
            best[key] = (highest, total + probability, chosen)
        if not any(total for _, total, _ in best.values()):
            return (Candidate(self._fallback.id, self._fallback.topic, 0.0),)
        ranked = sorted(
            (Candidate(entry.id, entry.topic, total) for _, total, entry in best.values()),
            key=lambda candidate: (-candidate.probability, candidate.intent),
        )
        distress = next((c for c in ranked if c.topic == Service.DISTRESS), None)
        if distress is not None and distress.probability >= self._thresholds.distress:
            ranked.remove(distress)
            ranked.insert(0, distress)
        return tuple(ranked[:MAX_CANDIDATES])

    def _decide(self, candidates: tuple[Candidate, ...]) -> Decision:
        best = candidates[0]
        if best.topic == Service.DISTRESS and best.probability >= self._thresholds.distress:
            return Decision.SURE
        if best.intent == self._fallback.id and self._fallback.negative:
            return Decision.UNKNOWN
        if best.probability >= self._thresholds.sure:
            return Decision.SURE
        if best.probability >= self._thresholds.unknown:
            return Decision.ASK_BACK
        return Decision.UNKNOWN


def _verbatim(entries: Sequence[Entry]) -> dict[str, int]:
    """The place of the entry to which a whole utterance belongs as an editor wrote it."""
    places: dict[str, set[int]] = {}
    for index, entry in enumerate(entries):
        for example in entry.examples:
            places.setdefault(skeleton(example), set()).add(index)
    return {sound: min(found) for sound, found in places.items() if len(found) == 1}


def _weighted(text: str, alternatives: Sequence[tuple[str, float]]) -> list[tuple[str, float]]:
    """The distinct readings with weights that add up to 1."""
    weights: dict[str, float] = {}
    for reading, weight in alternatives:
        if weight > 0:
            folded = fold(reading)
            weights[folded] = weights.get(folded, 0.0) + weight
    if fold(text) not in weights:
        weights[fold(text)] = max(weights.values(), default=1.0)
    total = sum(weights.values())
    return [(reading, weight / total) for reading, weight in weights.items()]
