"""Vectors of sentences from a BERT-like encoder on disk, in NumPy: for comparisons only.

The folder holds config.json, tokenizer.json and model.safetensors, as sentence-transformers writes
them. The vector is the mean over the tokens, of length 1.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.special import erf
from tokenizers import Tokenizer

FloatArray = npt.NDArray[np.float32]
_MOST_TOKENS = 64
_BATCH = 32
_TINY = 1e-12


@dataclass(frozen=True)
class SentenceVectors:
    """A loaded encoder; `megabytes` is the size of its weights."""

    tokenizer: Tokenizer
    weights: Mapping[str, FloatArray]
    layers: int
    heads: int
    megabytes: int

    @classmethod
    def load(cls, folder: Path) -> SentenceVectors:
        """Load an encoder.

        Raises:
            OSError: a file is missing.
            ValueError: a file cannot be read.
        """
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        tokenizer.enable_truncation(_MOST_TOKENS)
        tokenizer.enable_padding()
        path = folder / "model.safetensors"
        return cls(
            tokenizer,
            _tensors(path),
            config["num_hidden_layers"],
            config["num_attention_heads"],
            path.stat().st_size // 1_000_000,
        )

    def of(self, texts: Sequence[str]) -> FloatArray:
        """Vectors, shape (texts, width)."""
        parts = [self._batch(texts[at : at + _BATCH]) for at in range(0, len(texts), _BATCH)]
        return np.concatenate(parts)

    def _batch(self, texts: Sequence[str]) -> FloatArray:
        encoded = self.tokenizer.encode_batch(list(texts))
        ids = np.array([one.ids for one in encoded])
        mask = np.array([one.attention_mask for one in encoded], dtype=np.float32)
        table = "embeddings.{}_embeddings.weight"
        hidden = (
            self.weights[table.format("word")][ids]
            + self.weights[table.format("position")][: ids.shape[1]]
            + self.weights[table.format("token_type")][0]
        )
        hidden = self._norm(hidden, "embeddings.LayerNorm")
        for layer in range(self.layers):
            hidden = self._layer(hidden, mask, f"encoder.layer.{layer}")
        mean = (hidden * mask[..., None]).sum(axis=1) / mask.sum(axis=1, keepdims=True)
        result: FloatArray = mean / np.linalg.norm(mean, axis=1, keepdims=True)
        return result

    def _layer(self, hidden: FloatArray, mask: FloatArray, name: str) -> FloatArray:
        batch, length, width = hidden.shape

        def heads(part: str) -> FloatArray:
            projected = self._linear(hidden, f"{name}.attention.self.{part}")
            return projected.reshape(batch, length, self.heads, -1).transpose(0, 2, 1, 3)

        query, key, value = heads("query"), heads("key"), heads("value")
        scores = query @ key.transpose(0, 1, 3, 2) / np.float32(np.sqrt(query.shape[-1]))
        scores = scores + (mask[:, None, None, :] - 1) * np.float32(1e4)
        likely = np.exp(scores - scores.max(axis=-1, keepdims=True))
        likely /= likely.sum(axis=-1, keepdims=True)
        mixed = (likely @ value).transpose(0, 2, 1, 3).reshape(batch, length, width)
        attended = self._linear(mixed, f"{name}.attention.output.dense")
        hidden = self._norm(hidden + attended, f"{name}.attention.output.LayerNorm")
        wide = self._linear(hidden, f"{name}.intermediate.dense")
        wide = wide * 0.5 * (1 + erf(wide / np.float32(np.sqrt(2))))
        return self._norm(
            hidden + self._linear(wide, f"{name}.output.dense"), f"{name}.output.LayerNorm"
        )

    def _linear(self, values: FloatArray, name: str) -> FloatArray:
        result: FloatArray = values @ self.weights[f"{name}.weight"].T
        return result + self.weights[f"{name}.bias"]

    def _norm(self, values: FloatArray, name: str) -> FloatArray:
        centred = values - values.mean(axis=-1, keepdims=True)
        scale = np.sqrt((centred**2).mean(axis=-1, keepdims=True) + np.float32(_TINY))
        result: FloatArray = centred / scale * self.weights[f"{name}.weight"]
        return result + self.weights[f"{name}.bias"]


def _tensors(path: Path) -> dict[str, FloatArray]:
    """The float32 tensors of a safetensors file: a length, a JSON header, the numbers."""
    content = path.read_bytes()
    size = int.from_bytes(content[:8], "little")
    header = json.loads(content[8 : 8 + size])
    header.pop("__metadata__", None)
    tensors = {}
    for name, about in header.items():
        if about["dtype"] != "F32":
            continue
        start, end = (8 + size + offset for offset in about["data_offsets"])
        numbers = np.frombuffer(content[start:end], dtype="<f4")
        tensors[name] = numbers.reshape(about["shape"])
    return tensors
