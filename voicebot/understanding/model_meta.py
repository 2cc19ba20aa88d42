"""What must be known to use a trained classifier. It stands alone, so that a line in service does
not load what only training needs: SciPy, scikit-learn and ONNX, 100 MB and seconds of start."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict

GRAPH_FILE = "classifier.onnx"
VOCABULARY_FILE = "vocabulary.txt"
META_FILE = "meta.json"


@dataclass(frozen=True)
class Thresholds:
    """Probabilities at which the decisions change.

    `sure`: answer; below it, ask back; below `unknown`: say that it was not understood.
    `distress`: from here on an utterance is treated as distress whatever else it may be.
    """

    sure: float
    unknown: float
    distress: float


class Meta(BaseModel):
    """What must be known to use the graph.

    Attributes:
        digest: fingerprint of the knowledge that the model was trained from.
        features_version: version of the feature extraction it was trained with.
        intents: entry ids in the order of the graph's output.
        utterances: number of training utterances, variants included.
        cross_validation: figures on held-out examples, 0..1.
    """

    model_config = ConfigDict(frozen=True)

    digest: str
    features_version: int
    intents: tuple[str, ...]
    thresholds: Thresholds
    utterances: int
    cross_validation: Mapping[str, float]
