"""The linear model behind the classifier: weighted features, one margin for each intent.

A feature belongs to a block (its first letter). Within an utterance each block of log-counted,
idf-weighted features has the length of its block weight, so that the few synonym groups are heard
beside hundreds of character n-grams. Training and the exported ONNX graph compute the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
from sklearn.svm import LinearSVC

FloatArray = npt.NDArray[np.float32]
IntArray = npt.NDArray[np.int64]

# Chosen by cross-validation over intents/.
BLOCK_WEIGHTS = {"s": 1.0, "k": 1.0, "w": 1.0, "v": 0.5, "g": 1.0, "h": 0.5}
_BLOCKS = {name: index for index, name in enumerate(BLOCK_WEIGHTS)}
_SVM_C = 0.3
_MIN_UTTERANCES = 2


@dataclass(frozen=True)
class Vocabulary:
    """The features that the model knows, with their idf weight and block."""

    features: tuple[str, ...]
    idf: FloatArray
    blocks: IntArray

    @classmethod
    def learn(cls, counted: Sequence[Counter[str]]) -> Vocabulary:
        """Keep every feature that occurs in two utterances at least."""
        frequency: Counter[str] = Counter()
        for counts in counted:
            frequency.update(counts.keys())
        features = tuple(sorted(f for f, n in frequency.items() if n >= _MIN_UTTERANCES))
        total = 1 + len(counted)
        idf = np.array(
            [np.log(total / (1 + frequency[feature])) + 1 for feature in features],
            dtype=np.float32,
        )
        blocks = np.array([_BLOCKS[feature[0]] for feature in features], dtype=np.int64)
        return cls(features, idf, blocks)

    def matrix(self, counted: Sequence[Counter[str]]) -> sp.csr_matrix:
        """The weighted features of utterances, shape (utterances, features)."""
        position = {feature: index for index, feature in enumerate(self.features)}
        weights = np.array(list(BLOCK_WEIGHTS.values()), dtype=np.float32)
        indices: list[IntArray] = []
        values: list[FloatArray] = []
        starts = [0]
        for counts in counted:
            known = sorted((position[f], n) for f, n in counts.items() if f in position)
            ids = np.array([index for index, _ in known], dtype=np.int64)
            tf = 1 + np.log(np.array([n for _, n in known], dtype=np.float32))
            raw = tf * self.idf[ids]
            blocks = self.blocks[ids]
            lengths = np.sqrt(np.bincount(blocks, raw**2, minlength=len(weights)))
            indices.append(ids)
            values.append((raw * weights[blocks] / lengths[blocks]).astype(np.float32))
            starts.append(starts[-1] + len(ids))
        shape = (len(counted), len(self.features))
        return sp.csr_matrix((np.concatenate(values), np.concatenate(indices), starts), shape=shape)


@dataclass(frozen=True)
class LinearModel:
    """Margins of every intent: shape of weights (features, intents), of bias (intents,)."""

    intents: tuple[str, ...]
    weights: FloatArray
    bias: FloatArray

    @classmethod
    def fit(
        cls, matrix: sp.csr_matrix, labels: Sequence[str], importance: Sequence[float]
    ) -> LinearModel:
        """One support vector machine for each intent against all others."""
        machine = LinearSVC(C=_SVM_C, random_state=0)
        machine.fit(matrix, labels, sample_weight=np.asarray(importance))
        return cls(
            intents=tuple(str(intent) for intent in machine.classes_),
            weights=np.ascontiguousarray(machine.coef_.T, dtype=np.float32),
            bias=machine.intercept_.astype(np.float32),
        )

    def margins(self, matrix: sp.csr_matrix) -> FloatArray:
        """Margins, shape (utterances, intents)."""
        result: FloatArray = np.asarray(matrix @ self.weights + self.bias, dtype=np.float32)
        return result
