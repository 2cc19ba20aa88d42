"""Stock Whisper models in CTranslate2 format, as the faster-whisper project publishes them.

Greek is forced, each utterance stands alone (no text of the one before), and there is one
temperature: for a telephone turn a second try costs more than the question asked again.
"""

from __future__ import annotations

import json
import math
import time
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import ctranslate2
import numpy as np
from faster_whisper import WhisperModel
from faster_whisper.tokenizer import Tokenizer
from faster_whisper.transcribe import get_ctranslate2_storage, get_suppressed_tokens

from voicebot.hearing.recogniser import (
    SAMPLE_RATE_HZ,
    FloatArray,
    Hypothesis,
    Recogniser,
    RecogniserError,
    Transcript,
)

if TYPE_CHECKING:
    from voicebot.hearing.constraint import Constraint

REAL_LENGTH_KEY = "voicebot_real_length"
_WINDOW_FRAMES = 3000
_MAX_NEW_TOKENS = 128
_TOKENS_PER_S = 12
_TOKENS_ALLOWED = 8
_NEEDED_FILES = ("model.bin", "config.json", "tokenizer.json")


class WhisperRecogniser(Recogniser):
    """faster-whisper with the decoding that a telephone turn needs.

    A stock model was trained on windows of 30 s and loses accuracy on shorter ones, so audio is
    padded to that. A model trained on short windows says so by `"voicebot_real_length": true` in
    its `config.json`; it is given the audio's own length, which is 3 to 5 times quicker.

    Args:
        folder: holds `model.bin`, `config.json`, `tokenizer.json` and, for models with 128 mel
            bands, `preprocessor_config.json`.
        threads: CPU threads of one utterance.
        workers: utterances at the same time.
        beam_size: readings kept while decoding; as many come back as alternatives.

    Raises:
        RecogniserError: the folder is incomplete or not a Whisper model.
    """

    def __init__(
        self, folder: Path, *, threads: int = 1, workers: int = 1, beam_size: int = 4
    ) -> None:
        missing = [name for name in _NEEDED_FILES if not (folder / name).is_file()]
        if missing:
            # Without this check the library would ask the hub, which may be out of reach.
            raise RecogniserError(
                f"{folder}: no Whisper model there, {', '.join(missing)} missing; "
                "pull one with `voicebot models pull small` or set hearing.model"
            )
        try:
            self._model = WhisperModel(
                str(folder),
                device="cpu",
                compute_type="int8",
                cpu_threads=threads,
                num_workers=workers,
                local_files_only=True,
            )
            config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        except Exception as error:
            raise RecogniserError(f"{folder}: not a readable Whisper model: {error}") from error
        self.name = f"whisper:{folder.name}"
        self._real_length = bool(config.get(REAL_LENGTH_KEY, False))
        self._beam_size = beam_size
        self._tokenizer = Tokenizer(
            self._model.hf_tokenizer,
            self._model.model.is_multilingual,
            task="transcribe",
            language="el",
        )
        self._suppressed = list(get_suppressed_tokens(self._tokenizer, [-1]))

    def transcribe(
        self,
        audio: FloatArray,
        constraint: Constraint | None = None,
        hotwords: Sequence[str] = (),
    ) -> Transcript:
        """Recognise an utterance; `constraint` is not used by this engine."""
        started = time.perf_counter()
        seconds = len(audio) / SAMPLE_RATE_HZ
        try:
            result = self._generate(audio, seconds, hotwords)
        except Exception as error:
            raise RecogniserError(f"{self.name} failed on an utterance: {error}") from error
        readings = self._readings(result)
        best_log_probability = readings[0][1]
        return Transcript(
            text=readings[0][0],
            confidence=min(1.0, math.exp(best_log_probability)),
            alternatives=_alternatives(readings),
            audio_ms=round(seconds * 1000),
            decode_ms=round((time.perf_counter() - started) * 1000),
            no_speech_prob=float(result.no_speech_prob),
            engine=self.name,
        )

    def warm_up(self) -> None:
        """Decode a second of faint noise."""
        noise = np.random.default_rng(0).normal(0.0, 1e-3, SAMPLE_RATE_HZ).astype(np.float32)
        self.transcribe(noise)

    def close(self) -> None:
        """Free the model's memory."""
        self._model.model.unload_model()

    def _generate(
        self, audio: FloatArray, seconds: float, hotwords: Sequence[str]
    ) -> ctranslate2.models.WhisperGenerationResult:
        features = self._model.feature_extractor(audio)[:, :_WINDOW_FRAMES]
        if not self._real_length:
            features = np.pad(features, ((0, 0), (0, _WINDOW_FRAMES - features.shape[1])))
        elif features.shape[1] % 2:
            # The second convolution halves the frames.
            features = np.pad(features, ((0, 0), (0, 1)))
        prompt = self._model.get_prompt(
            self._tokenizer,
            previous_tokens=[],
            without_timestamps=True,
            hotwords=", ".join(hotwords) or None,
        )
        new_tokens = min(_MAX_NEW_TOKENS, round(_TOKENS_ALLOWED + _TOKENS_PER_S * seconds))
        results = self._model.model.generate(
            get_ctranslate2_storage(features[np.newaxis]),
            [prompt],
            beam_size=self._beam_size,
            num_hypotheses=self._beam_size,
            max_length=len(prompt) + new_tokens,
            return_scores=True,
            return_no_speech_prob=True,
            suppress_tokens=self._suppressed,
        )
        return results[0]

    def _readings(
        self, result: ctranslate2.models.WhisperGenerationResult
    ) -> list[tuple[str, float]]:
        """Distinct texts with their mean log-probability a token, best first."""
        readings: dict[str, float] = {}
        for tokens, score in zip(result.sequences_ids, result.scores, strict=True):
            # The library divides by the length without the end token; count that token too.
            mean = score * len(tokens) / (len(tokens) + 1)
            text = _plain(self._tokenizer.decode(tokens))
            readings[text] = max(mean, readings.get(text, -math.inf))
        return sorted(readings.items(), key=lambda reading: -reading[1])


def _alternatives(readings: Sequence[tuple[str, float]]) -> tuple[Hypothesis, ...]:
    best = readings[0][1]
    weights = [math.exp(mean - best) for _, mean in readings]
    total = sum(weights)
    return tuple(
        Hypothesis(text, weight / total)
        for (text, _), weight in zip(readings, weights, strict=True)
        if text
    )


def _plain(text: str) -> str:
    """Lower case, no punctuation, single spaces."""
    kept = (
        character if unicodedata.category(character)[0] in "LNM" else " "
        for character in text.lower()
    )
    return " ".join("".join(kept).split())
