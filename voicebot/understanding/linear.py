"""The linear model behind the classifier: weighted features, one margin for each intent.

A feature belongs to a block (its first letter). Within an utterance each block of log-counted,
idf-weighted features has the length of its block weight, so that the few synonym groups are heard
beside many character n-grams. Training and the exported ONNX graph compute the same.
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
class CountedUtterances:
    """Utterances as a sparse matrix of feature counts, shape (utterances, features)."""

    features: tuple[str, ...]
    counts: sp.csr_matrix

    @classmethod
    def of(cls, counted: Sequence[Counter[str]]) -> CountedUtterances:
        """Lay out the features of utterances, in alphabetical order."""
        features = tuple(sorted(set().union(*counted)))
        position = {feature: index for index, feature in enumerate(features)}
        indices = [position[feature] for counts in counted for feature in counts]
        values = [float(number) for counts in counted for number in counts.values()]
        starts = np.cumsum([0, *(len(counts) for counts in counted)])
        matrix = sp.csr_matrix(
            (np.array(values, dtype=np.float32), indices, starts),
            shape=(len(counted), len(features)),
        )
        matrix.sort_indices()
        return cls(features, matrix)

    def rows(self, chosen: IntArray) -> CountedUtterances:
        """The chosen utterances, with the same features."""
        return CountedUtterances(self.features, self.counts[chosen])


@dataclass(frozen=True)
class Vocabulary:
    """The features that the model knows, with their idf weight and block.

    `columns` are their places among the features of the `CountedUtterances` they come from.
    """

    features: tuple[str, ...]
    idf: FloatArray
    blocks: IntArray
    columns: IntArray

    @classmethod
    def learn(cls, utterances: CountedUtterances) -> Vocabulary:
        """Keep every feature that occurs in two utterances at least."""
        counts = utterances.counts
        frequency = np.bincount(counts.indices, minlength=counts.shape[1])
        columns = np.flatnonzero(frequency >= _MIN_UTTERANCES)
        features = tuple(utterances.features[column] for column in columns)
        idf = np.log((1 + counts.shape[0]) / (1 + frequency[columns])) + 1
        blocks = np.array([_BLOCKS[feature[0]] for feature in features], dtype=np.int64)
        return cls(features, idf.astype(np.float32), blocks, columns)

    def weigh(self, utterances: CountedUtterances) -> sp.csr_matrix:
        """The weighted features of utterances, shape (utterances, features of the vocabulary)."""
        known = utterances.counts[:, self.columns].tocsr()
        raw = (1 + np.log(known.data)) * self.idf[known.indices]
        weights = np.array(list(BLOCK_WEIGHTS.values()), dtype=np.float32)
        blocks = self.blocks[known.indices]
        row = np.repeat(np.arange(known.shape[0]), np.diff(known.indptr))
        cell = row * len(weights) + blocks
        lengths = np.sqrt(np.bincount(cell, raw**2, minlength=known.shape[0] * len(weights)))
        values = (raw * weights[blocks] / lengths[cell]).astype(np.float32)
        return sp.csr_matrix((values, known.indices, known.indptr), shape=known.shape)


@dataclass(frozen=True)
class LinearModel:
    """Margins of every intent: shape of weights (features, intents), of bias (intents,)."""

    intents: tuple[str, ...]
    weights: FloatArray
    bias: FloatArray

    @classmethod
    def fit(
        cls, matrix: sp.csr_matrix, labels: Sequence[str], importance: FloatArray
    ) -> LinearModel:
        """One support vector machine for each intent against all others."""
        machine = LinearSVC(C=_SVM_C, random_state=0)
        machine.fit(matrix, labels, sample_weight=importance)
        return cls(
            intents=tuple(str(intent) for intent in machine.classes_),
            weights=np.ascontiguousarray(machine.coef_.T, dtype=np.float32),
            bias=machine.intercept_.astype(np.float32),
        )

    def margins(self, matrix: sp.csr_matrix) -> FloatArray:
        """Margins, shape (utterances, intents)."""
        result: FloatArray = np.asarray(matrix @ self.weights + self.bias, dtype=np.float32)
        return result
