"""The encoder learns, and learns the same each time."""

from __future__ import annotations

import numpy as np

from voicebot.understanding.encoder import Encoder
from voicebot.understanding.features import FeatureExtractor
from voicebot.understanding.linear import CountedUtterances, Vocabulary

TEXTS = ("θέλω μήλα", "δώσε μήλα", "κόκκινα μήλα", "θέλω ψάρια", "δώσε ψάρια", "φρέσκα ψάρια")
LABELS = ["μήλα"] * 3 + ["ψάρια"] * 3


def test_learning_is_deterministic_and_right() -> None:
    counted = CountedUtterances.of([FeatureExtractor({}).count(text) for text in TEXTS])
    matrix = Vocabulary.learn(counted).weigh(counted)
    importance = np.ones(len(TEXTS), dtype=np.float32)
    one = Encoder.fit(matrix, LABELS, importance)
    other = Encoder.fit(matrix, LABELS, importance)
    assert np.array_equal(one.embedding, other.embedding)
    found = one.logits(matrix).argmax(axis=1)
    assert [one.intents[column] for column in found] == LABELS
