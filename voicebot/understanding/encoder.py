"""A small encoder of utterances: weighted features → a dense vector → one logit an intent.

It learns which features stand for the same thing, which a linear model cannot; the linear model
learns rare features better. The classifier adds their evidence (calibration.py). Plain NumPy, so
that training needs nothing beside what the line itself needs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

FloatArray = npt.NDArray[np.float32]
IntArray = npt.NDArray[np.int64]

# Chosen on held-out examples and on the development rows of the tests.
_WIDTH = 128
_EPOCHS = 7
_BATCH = 96
_RATE = 0.05
_DROPPED = 0.3
_SMOOTHING = 0.05
_FIRST_SQUARE = 1e-4


@dataclass(frozen=True)
class Encoder:
    """The weights.

    Shapes: embedding (features, width), shift (width,), head (width, intents), bias (intents,).
    """

    intents: tuple[str, ...]
    embedding: FloatArray
    shift: FloatArray
    head: FloatArray
    bias: FloatArray

    @classmethod
    def fit(
        cls, matrix: sp.csr_matrix, labels: Sequence[str], importance: FloatArray, *, seed: int = 0
    ) -> Encoder:
        """Train on weighted features, shape (utterances, features); deterministic for a seed."""
        intents, truth = np.unique(np.asarray(labels), return_inverse=True)
        learner = _Learner(matrix.shape[1], len(intents), seed)
        for epoch in range(_EPOCHS):
            rate = np.float32(_RATE * (1 - epoch / _EPOCHS))
            order = learner.rng.permutation(matrix.shape[0])
            for start in range(0, len(order), _BATCH):
                rows = order[start : start + _BATCH]
                learner.step(matrix[rows], truth[rows], importance[rows], rate)
        return cls(
            tuple(str(intent) for intent in intents),
            learner.embedding,
            learner.shift,
            learner.head,
            learner.bias,
        )

    def logits(self, matrix: sp.csr_matrix) -> FloatArray:
        """Logits, shape (utterances, intents)."""
        hidden = np.maximum(np.asarray(matrix @ self.embedding) + self.shift, 0)
        result: FloatArray = np.asarray(hidden @ self.head + self.bias, dtype=np.float32)
        return result


class _Learner:
    """Adaptive gradient descent with dropout and smoothed labels; only the rows of the embedding
    that a batch touches are read and written."""

    def __init__(self, features: int, intents: int, seed: int) -> None:
        self.rng = np.random.default_rng(seed)
        self.embedding = self._random((features, _WIDTH), 0.1)
        self.shift = np.zeros(_WIDTH, dtype=np.float32)
        self.head = self._random((_WIDTH, intents), 1 / np.sqrt(_WIDTH))
        self.bias = np.zeros(intents, dtype=np.float32)
        self._embedding_squares = np.full(features, _FIRST_SQUARE, dtype=np.float32)
        self._shift_squares = np.full_like(self.shift, _FIRST_SQUARE)
        self._head_squares = np.full_like(self.head, _FIRST_SQUARE)
        self._bias_squares = np.full_like(self.bias, _FIRST_SQUARE)

    def _random(self, shape: tuple[int, int], scale: float) -> FloatArray:
        return (self.rng.standard_normal(shape, dtype=np.float32) * scale).astype(np.float32)

    def _kept(self, shape: tuple[int, ...]) -> FloatArray:
        kept = self.rng.random(shape, dtype=np.float32) > _DROPPED
        return (kept / (1 - _DROPPED)).astype(np.float32)

    def step(
        self, batch: sp.csr_matrix, truth: IntArray, importance: FloatArray, rate: np.float32
    ) -> None:
        """Learn from one batch."""
        columns, places = np.unique(batch.indices, return_inverse=True)
        data = batch.data * self._kept(batch.data.shape)
        here = sp.csr_matrix((data, places, batch.indptr), shape=(batch.shape[0], len(columns)))
        before = here @ self.embedding[columns] + self.shift
        passed = self._kept(before.shape) * (before > 0)
        hidden = before * passed
        logits = hidden @ self.head + self.bias
        likely = np.exp(logits - logits.max(axis=1, keepdims=True))
        likely /= likely.sum(axis=1, keepdims=True)
        wanted = np.full_like(likely, _SMOOTHING / likely.shape[1])
        wanted[np.arange(len(truth)), truth] += 1 - _SMOOTHING
        at_logits = (likely - wanted) * importance[:, None]
        at_hidden = (at_logits @ self.head.T) * passed
        gradient = np.asarray(here.T @ at_hidden, dtype=np.float32)
        self._embedding_squares[columns] += (gradient**2).mean(axis=1)
        steps = rate / np.sqrt(self._embedding_squares[columns])
        self.embedding[columns] -= steps[:, None] * gradient
        self._descend(self.head, self._head_squares, hidden.T @ at_logits, rate)
        self._descend(self.shift, self._shift_squares, at_hidden.sum(axis=0), rate)
        self._descend(self.bias, self._bias_squares, at_logits.sum(axis=0), rate)

    @staticmethod
    def _descend(
        weights: FloatArray, squares: FloatArray, gradient: FloatArray, rate: np.float32
    ) -> None:
        squares += gradient**2
        weights -= rate * gradient / np.sqrt(squares)
