"""Whisper models of random weights in the stock format: as quick and as large as real ones of the
same size, and fit for nothing else. A multilingual model is known by its vocabulary."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ctranslate2
import numpy as np
from faster_whisper.tokenizer import _LANGUAGE_CODES
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

# The size and order of the multilingual models' vocabulary, with its one empty word: by that word
# CTranslate2 knows a multilingual model.
VOCABULARY_SIZE = 51865
LANGUAGES = sorted(_LANGUAGE_CODES)[:99]
_POSITIONS, _TEXT_POSITIONS = 1500, 448


@dataclass(frozen=True)
class Size:
    """The dimensions of a Whisper model."""

    width: int
    heads: int
    encoder_layers: int
    decoder_layers: int
    inner: int
    mels: int = 80


TINY = Size(384, 6, 4, 4, 1536)
BASE = Size(512, 8, 6, 6, 2048)


def write_random_whisper(folder: Path, size: Size, *, seed: int = 7) -> None:
    """Write a model, int8, with its tokenizer, into an existing folder."""
    vocabulary, words = _vocabulary()
    spec = ctranslate2.specs.WhisperSpec(
        size.encoder_layers, size.heads, size.decoder_layers, size.heads
    )
    _fill(spec, size, np.random.default_rng(seed))
    spec.register_vocabulary(vocabulary)
    spec.config.suppress_ids = []
    spec.config.suppress_ids_begin = [words]
    spec.config.lang_ids = list(range(words + 2, words + 2 + len(LANGUAGES)))
    spec.config.alignment_heads = [[0, 0]]
    spec.validate()
    spec.optimize(quantization="int8")
    spec.save(str(folder))
    tokenizer = Tokenizer(
        models.WordLevel({word: i for i, word in enumerate(vocabulary)}, unk_token="λέξη1")
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.decoder = decoders.WordPiece(prefix="")
    tokenizer.add_special_tokens([AddedToken(token, special=True) for token in vocabulary[words:]])
    tokenizer.save(str(folder / "tokenizer.json"))


def _vocabulary() -> tuple[list[str], int]:
    """Words, then Whisper's special tokens, then timestamps; and how many words there are."""
    special = ["<|endoftext|>", "<|startoftranscript|>"]
    special += [f"<|{language}|>" for language in LANGUAGES]
    special += ["<|translate|>", "<|transcribe|>", "<|startoflm|>", "<|startofprev|>"]
    special += ["<|nospeech|>", "<|notimestamps|>"]
    timestamps = [f"<|{i * 0.02:.2f}|>" for i in range(1501)]
    words = VOCABULARY_SIZE - len(special) - len(timestamps)
    return ["", *(f"λέξη{i}" for i in range(1, words)), *special, *timestamps], words


def _fill(spec: Any, size: Size, rng: np.random.Generator) -> None:
    width = size.width

    def array(*shape: int) -> np.ndarray:
        return rng.normal(0, 0.3, shape).astype(np.float32)

    def linear(layer: Any, out: int, into: int) -> None:
        layer.weight, layer.bias = array(out, into), array(out)

    def norm(layer: Any) -> None:
        layer.gamma = np.ones(width, np.float32)
        layer.beta = np.zeros(width, np.float32)

    def block(layer: Any, *, cross: bool) -> None:
        attention = layer.self_attention
        norm(attention.layer_norm)
        linear(attention.linear[0], 3 * width, width)
        linear(attention.linear[1], width, width)
        if cross:
            attention = layer.attention
            norm(attention.layer_norm)
            linear(attention.linear[0], width, width)
            linear(attention.linear[1], 2 * width, width)
            linear(attention.linear[2], width, width)
        norm(layer.ffn.layer_norm)
        linear(layer.ffn.linear_0, size.inner, width)
        linear(layer.ffn.linear_1, width, size.inner)

    encoder, decoder = spec.encoder, spec.decoder
    encoder.conv1.weight, encoder.conv1.bias = array(width, size.mels, 3), array(width)
    encoder.conv2.weight, encoder.conv2.bias = array(width, width, 3), array(width)
    encoder.position_encodings.encodings = array(_POSITIONS, width)
    norm(encoder.layer_norm)
    for layer in encoder.layer:
        block(layer, cross=False)
    decoder.embeddings.weight = array(VOCABULARY_SIZE, width)
    decoder.position_encodings.encodings = array(_TEXT_POSITIONS, width)
    norm(decoder.layer_norm)
    decoder.projection.weight = decoder.embeddings.weight
    for layer in decoder.layer:
        block(layer, cross=True)
