"""The embedded Greek recogniser: one encoder, a decoder for free speech, a CTC head for values.

The model is a small Whisper (CTranslate2, int8) trained on telephone audio of its real length,
with a linear CTC head over Greek sounds beside the decoder. A constraint is searched in the
head's output; free speech comes from the decoder, its readings weighed again with the head.
"""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ctranslate2
import numpy as np
from tokenizers import Tokenizer

from voicebot.hearing import ctc
from voicebot.hearing.constraint import Constraint
from voicebot.hearing.features import log_mel
from voicebot.hearing.greek_sounds import SOUNDS, plain, sounds
from voicebot.hearing.recogniser import (
    SAMPLE_RATE_HZ,
    FloatArray,
    Hypothesis,
    Recogniser,
    RecogniserError,
    Transcript,
)

_NEEDED_FILES = ("model.bin", "config.json", "tokenizer.json", "sounds.npz", "greek.json")
_SPECIAL = ("startoftranscript", "notimestamps", "nospeech", "foreign")
_SHORTEST_S = 0.1
_LONGEST_S = 29.9
_TOKENS_ALLOWED, _TOKENS_PER_S = 8, 9
_BEAM = 5
_READINGS = 5
#: A constrained reading this sure needs no second opinion from the decoder.
_SURE = 0.85
_HOTWORD_BONUS = 1.5
_IMPOSSIBLE = -1e20


@dataclass(frozen=True)
class Calibration:
    """How scores become a confidence; fitted on development speech, kept beside the model.

    Attributes:
        free: weights of decoder log-probability a token, of the head's shortfall a sound (how
            much worse the reading is than the head's own best path), and a constant.
        constrained: weight of the head's shortfall a sound, and a constant.
        ctc_weight: how much the head counts against the decoder when readings are ordered.
    """

    free: tuple[float, float, float]
    constrained: tuple[float, float]
    ctc_weight: float


@dataclass(frozen=True)
class Heard:
    """What the encoder made of one utterance."""

    encoded: Any
    scores: FloatArray  # (frames, sounds), silence merged
    free_path: str
    free_score: float
    seconds: float


@dataclass(frozen=True)
class _Readings:
    """The decoder's n-best: everything by reading, `order` best first."""

    texts: list[str]
    decoder: list[float]  # log-probability a token
    head: list[float]  # log-probability by the CTC head
    shares: list[float]  # of the whole, 0..1
    order: list[int]
    no_speech_prob: float


class GreekRecogniser(Recogniser):
    """The Greek model that lies in models/greek.

    Args:
        folder: holds model.bin, config.json, tokenizer.json, sounds.npz and greek.json.
        threads: CPU threads of one utterance.
        workers: utterances at the same time.

    Raises:
        RecogniserError: the folder is incomplete or its parts do not fit.
    """

    name = "greek"

    def __init__(self, folder: Path, threads: int = 1, workers: int = 1) -> None:
        missing = [name for name in _NEEDED_FILES if not (folder / name).is_file()]
        if missing:
            raise RecogniserError(f"{folder}: {', '.join(missing)} missing; is the checkout whole?")
        try:
            about = json.loads((folder / "greek.json").read_text(encoding="utf-8"))
            with np.load(folder / "sounds.npz") as head:
                self._weight = head["weight"].astype(np.float32).T
                self._bias = head["bias"].astype(np.float32)
            fitted = about["calibration"]
            self._calibration = Calibration(
                tuple(fitted["free"]), tuple(fitted["constrained"]), float(fitted["ctc_weight"])
            )
            self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
            self._model = ctranslate2.models.Whisper(
                str(folder),
                device="cpu",
                compute_type="int8",
                inter_threads=workers,
                intra_threads=threads,
            )
        except (KeyError, ValueError, RuntimeError, OSError) as error:
            raise RecogniserError(f"{folder}: not a Greek model: {error}") from error
        if about.get("sounds") != SOUNDS or self._weight.shape[1] != len(SOUNDS):
            raise RecogniserError(
                f"{folder}: its CTC head writes other sounds; train or pull the model again"
            )
        ids = [self._tokenizer.token_to_id(f"<|{name}|>") for name in _SPECIAL]
        special = [token for token in ids if token is not None]
        if len(special) < len(_SPECIAL):
            raise RecogniserError(f"{folder}/tokenizer.json lacks special tokens: {_SPECIAL}")
        self._prompt = special[:2]
        self._suppressed = sorted(special)

    def transcribe(
        self,
        audio: FloatArray,
        constraint: Constraint | None = None,
        hotwords: Sequence[str] = (),
    ) -> Transcript:
        """Recognise an utterance; see the base class. Audio under 0.1 s is heard as nothing.

        With a constraint the text is its best reading, the decoder's own text is among the
        alternatives unless the constraint fits surely, and a low confidence says that the caller
        said something else.
        """
        began = time.perf_counter()
        audio_ms = len(audio) * 1000 // SAMPLE_RATE_HZ
        if len(audio) < _SHORTEST_S * SAMPLE_RATE_HZ:
            return Transcript("", 0.0, (), audio_ms, 0, 1.0, False, self.name)
        try:
            heard = self.hear(audio[: int(_LONGEST_S * SAMPLE_RATE_HZ)])
            if constraint is not None:
                text, confidence, readings, silence, constrained = self._constrained(
                    heard, constraint
                )
            else:
                text, confidence, readings, silence = self._free(heard, hotwords)
                constrained = False
        except (RuntimeError, ValueError) as error:
            raise RecogniserError(f"decoding failed: {error}") from error
        return Transcript(
            text=text,
            confidence=confidence,
            alternatives=readings,
            audio_ms=audio_ms,
            decode_ms=round((time.perf_counter() - began) * 1000),
            no_speech_prob=silence,
            constrained=constrained,
            engine=self.name,
        )

    def warm_up(self) -> None:
        """Run encoder, head and decoder once on near silence."""
        self.transcribe(np.full(SAMPLE_RATE_HZ, 1e-4, dtype=np.float32))

    def close(self) -> None:
        """Free the model; it cannot be used afterwards."""
        self._model.unload_model()

    def sound_path(self, audio: FloatArray) -> str:
        """What the CTC head hears, without any lexicon (for evaluation)."""
        return self.hear(audio).free_path

    def hear(self, audio: FloatArray) -> Heard:
        """Run encoder and head on audio as `transcribe` takes it."""
        mel = log_mel(audio)
        mel = np.ascontiguousarray(mel[None, :, : mel.shape[1] // 2 * 2])
        encoded = self._model.encode(ctranslate2.StorageView.from_array(mel), to_cpu=True)
        states = np.asarray(encoded, dtype=np.float32)[0]
        scores = ctc.without_silence(ctc.log_softmax(states @ self._weight + self._bias))
        path, score = ctc.best_path(scores)
        return Heard(encoded, scores, path, score, len(audio) / SAMPLE_RATE_HZ)

    def free_scores(self, heard: Heard) -> tuple[str, tuple[float, float]]:
        """The free text with its decoder score a token and the head's shortfall a sound."""
        readings = self._readings(heard, ())
        best = readings.order[0]
        return readings.texts[best], (
            readings.decoder[best],
            _shortfall(readings.head[best], heard, readings.texts[best]),
        )

    def list_shortfall(self, heard: Heard, constraint: Constraint) -> tuple[str, float]:
        """The best reading under a constraint and the head's shortfall a sound."""
        paths = self._paths(heard, constraint)
        if not paths:
            return "", -30.0
        return paths[0].text, _shortfall(paths[0].score, heard, paths[0].text)

    def _readings(self, heard: Heard, hotwords: Sequence[str]) -> _Readings:
        cap = int(_TOKENS_ALLOWED + _TOKENS_PER_S * heard.seconds) + len(self._prompt)
        (result,) = self._model.generate(
            heard.encoded,
            [self._prompt],
            beam_size=_BEAM,
            num_hypotheses=_READINGS,
            max_length=min(cap, 220),
            length_penalty=1.0,
            return_scores=True,
            return_no_speech_prob=True,
            suppress_blank=False,
            suppress_tokens=self._suppressed,
        )
        wanted = [plain(word) for word in hotwords]
        texts: list[str] = []
        decoder: list[float] = []
        ranks: list[float] = []
        for ids, score in zip(result.sequences_ids, result.scores, strict=True):
            text = " ".join(self._tokenizer.decode(ids).split())
            if text in texts:
                continue
            texts.append(text)
            decoder.append(score)  # log-probability a token
            bonus = _HOTWORD_BONUS * sum(word in plain(text) for word in wanted)
            ranks.append(score * (len(ids) + 1) + bonus)
        head = ctc.forward_scores(heard.scores, texts)
        total = np.array(ranks) + self._calibration.ctc_weight * head
        order = np.argsort(-total, kind="stable")
        shares = np.exp(total - total[order[0]])
        shares /= shares.sum()
        return _Readings(
            texts, decoder, head.tolist(), shares.tolist(), order.tolist(), result.no_speech_prob
        )

    def _free(
        self, heard: Heard, hotwords: Sequence[str]
    ) -> tuple[str, float, tuple[Hypothesis, ...], float]:
        readings = self._readings(heard, hotwords)
        best = readings.order[0]
        text = readings.texts[best]
        if not text:
            return "", 0.0, (), max(readings.no_speech_prob, 0.5)
        a, b, c = self._calibration.free
        shortfall = _shortfall(readings.head[best], heard, text)
        confidence = _logistic(a * readings.decoder[best] + b * shortfall + c)
        alternatives = tuple(
            Hypothesis(readings.texts[i], readings.shares[i]) for i in readings.order
        )
        return text, confidence, alternatives, readings.no_speech_prob

    def _paths(self, heard: Heard, constraint: Constraint) -> list[ctc.Path]:
        paths = (
            ctc.closed_list(heard.scores, constraint)
            if constraint.is_list
            else ctc.search(heard.scores, constraint)
        )
        return [path for path in paths[:_READINGS] if path.score > _IMPOSSIBLE]

    def _constrained(
        self, heard: Heard, constraint: Constraint
    ) -> tuple[str, float, tuple[Hypothesis, ...], float, bool]:
        paths = self._paths(heard, constraint)
        if not paths or not heard.free_path:
            return (*self._free(heard, ()), False)
        shares = np.exp([path.score - paths[0].score for path in paths])
        shares /= shares.sum()
        slope, constant = self._calibration.constrained
        fits = _logistic(slope * _shortfall(paths[0].score, heard, paths[0].text) + constant)
        readings = [
            Hypothesis(path.text, float(share)) for path, share in zip(paths, shares, strict=True)
        ]
        confidence = fits * float(shares[0])
        silence = 0.0
        if confidence < _SURE:
            text, free_confidence, _, silence = self._free(heard, ())
            if text and plain(text) != plain(paths[0].text):
                readings.append(Hypothesis(text, free_confidence * (1 - fits)))
        return paths[0].text, confidence, tuple(readings), silence, True


def _shortfall(score: float, heard: Heard, text: str) -> float:
    """How much worse a text is than the head's best path, a sound of the longer one (≤ 0)."""
    longest = max(len(sounds(text)), len(heard.free_path), 4)
    return max(min((score - heard.free_score) / longest, 0.0), -30.0)


def _logistic(x: float) -> float:
    return float(1 / (1 + np.exp(-np.clip(x, -30, 30))))
