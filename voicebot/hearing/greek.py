"""The embedded Greek recogniser: one encoder, a decoder for free speech, a CTC head for values.

The model is a small Whisper (CTranslate2, int8) trained on telephone audio of its real length,
with a linear CTC head over Greek sounds beside the decoder. A constraint is searched in the
head's output; free speech comes from the decoder, its readings weighed again with the head.
"""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import ctranslate2
import numpy as np
from tokenizers import Tokenizer

from voicebot.hearing import ctc, ctc_kernels, nasals
from voicebot.hearing.constraint import Constraint, phrases, sequence
from voicebot.hearing.features import log_mel
from voicebot.hearing.greek_numbers import core
from voicebot.hearing.greek_readings import (
    Calibration,
    Heard,
    Reading,
    answer_shortfall,
    confidence,
    logistic,
    ordered,
)
from voicebot.hearing.greek_sounds import BLANK, SOUNDS, plain, sounds
from voicebot.hearing.hot_words import NONE, HotWords, equally_likely, of_constraint
from voicebot.hearing.language_model import LanguageModel, Scorer
from voicebot.hearing.recogniser import (
    SAMPLE_RATE_HZ,
    FloatArray,
    Hypothesis,
    Recogniser,
    RecogniserError,
    Transcript,
)
from voicebot.hearing.spelled import Speller
from voicebot.hearing.unlisted import unlisted
from voicebot.hearing.word_search import WordSearch

_NEEDED_FILES = (
    "model.bin",
    "config.json",
    "tokenizer.json",
    "sounds.npz",
    "words.npz",
    "greek.json",
)
_SPECIAL = ("startoftranscript", "notimestamps", "nospeech", "foreign")
_SHORTEST_S = 0.1
_LONGEST_S = 29.9
_TOKENS_ALLOWED, _TOKENS_PER_S = 8, 9
#: How many alternatives are given, and how many the word search gives to choose from.
_READINGS, _SEARCHED = 5, 12
#: How many readings of free speech are given beside those of a grammar.
_FREELY = 2
#: A constrained reading this sure needs no second opinion from the decoder.
_SURE = 0.85
#: What the end of a sentence costs the decoder, which `align` leaves out.
_END_LOG_PROBABILITY = -1.0
_IMPOSSIBLE = -1e20


def _noise() -> FloatArray:
    """Scores of 0.4 s in which nothing is said."""
    noise = np.random.default_rng(0).normal(0, 1, (20, len(SOUNDS))).astype(np.float32)
    return ctc.log_softmax(noise)


def _speller(constraint: Constraint) -> Speller:
    return Speller(arc.text for arc in constraint.arcs)


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
    has_preview = True

    def __init__(self, folder: Path, threads: int = 1, workers: int = 1) -> None:
        missing = [name for name in _NEEDED_FILES if not (folder / name).is_file()]
        if missing:
            raise RecogniserError(f"{folder}: {', '.join(missing)} missing; is the checkout whole?")
        try:
            about = json.loads((folder / "greek.json").read_text(encoding="utf-8"))
            with np.load(folder / "sounds.npz") as head:
                self._weight = np.ascontiguousarray(head["weight"], dtype=np.float32)
                self._bias = head["bias"].astype(np.float32)
            fitted = about["calibration"]
            self.calibration = Calibration.read(fitted)
            self._bias[BLANK] -= self.calibration.blank
            words = LanguageModel.load(folder / "words.npz")
            self._scorer = Scorer(words)
            self._search = WordSearch(words, self.calibration.search)
            self._speller = lru_cache(maxsize=8)(_speller)
            self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
            self._model = ctranslate2.models.Whisper(
                str(folder),
                device="cpu",
                compute_type="int8",
                inter_threads=workers,
                intra_threads=threads,
            )
        except (KeyError, TypeError, ValueError, RuntimeError, OSError) as error:
            raise RecogniserError(f"{folder}: not a Greek model: {error}") from error
        if about.get("sounds") != SOUNDS or len(self._weight) != len(SOUNDS):
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

        With a constraint the text is its best reading, what was said by free speech is among the
        alternatives unless the constraint fits surely, and a low confidence says that the caller
        said something else. With a loose one speech is free, see `Constraint`.
        """
        began = time.perf_counter()
        audio_ms = len(audio) * 1000 // SAMPLE_RATE_HZ
        if len(audio) < _SHORTEST_S * SAMPLE_RATE_HZ:
            return Transcript("", 0.0, (), audio_ms, 0, 1.0, False, self.name)
        try:
            heard = self.hear(audio[: int(_LONGEST_S * SAMPLE_RATE_HZ)])
            missing, constrained = 0.0, False
            hot = equally_likely(tuple(hotwords))
            if constraint is None:
                text, confidence, readings, silence = self._free(heard, hot)
            elif constraint.is_loose:
                text, confidence, readings, silence = self._free(
                    heard, of_constraint(constraint), self._speller(constraint)
                )
            else:
                paths, missing = self._paths(heard, constraint)
                text, confidence, readings, silence, constrained = self._constrained(
                    heard, paths, of_constraint(constraint) + hot
                )
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
            missing=missing,
        )

    def preview(self, audio: FloatArray) -> str:
        """Read speech that is not over by head and words alone, a third of the work."""
        if len(audio) < _SHORTEST_S * SAMPLE_RATE_HZ:
            return ""
        try:
            heard = self.hear(audio[: int(_LONGEST_S * SAMPLE_RATE_HZ)])
            found = self._search.search(heard.scores, count=1) if heard.free_path else []
            return found[0].text if found else ""
        except (RuntimeError, ValueError) as error:
            raise RecogniserError(f"decoding failed: {error}") from error

    def warm_up(self) -> None:
        """Run every part once: compiles the search kernels (seconds, on the first run after an
        installation; later from numba's cache)."""
        scores = _noise()
        ctc.search(scores, sequence(phrases(["ναι"]), phrases(["όχι"])))
        self._search.search(scores)
        heard = self.hear(np.full(SAMPLE_RATE_HZ, 1e-4, dtype=np.float32))
        self.readings(heard)

    def prepare(self, constraint: Constraint) -> None:
        """The words that it makes likely and, with a loose one, how other words are spelled."""
        hot = of_constraint(constraint)
        if constraint.is_loose:
            scores = _noise()
            self._search.search(scores, 1, hot)
            self._speller(constraint).hear(scores, 1, self.calibration.search.weight)

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
        logits = np.empty((len(states), len(SOUNDS)), dtype=np.float32)
        ctc_kernels.linear(states, self._weight, self._bias, logits)
        scores = ctc.without_silence(nasals.either_way(ctc.log_softmax(logits)))
        path, score = ctc.best_path(scores)
        return Heard(encoded, scores, path, score, len(audio) / SAMPLE_RATE_HZ)

    def list_shortfall(self, heard: Heard, constraint: Constraint) -> tuple[str, float]:
        """The best reading under a constraint and the head's shortfall a sound of the answer."""
        paths, _ = self._paths(heard, constraint)
        if not paths:
            return "", -30.0
        return paths[0].text, answer_shortfall(paths[0].score, heard, paths[0].text)

    def readings(
        self, heard: Heard, hot: HotWords = NONE, speller: Speller | None = None
    ) -> tuple[list[Reading], float]:
        """Everything that free speech may be, in no order, and the decoder's no-speech (0..1).

        Args:
            heard: the utterance.
            hot: words that are likely now.
            speller: writes words that are in no list.
        """
        decoder, no_speech_prob = self._decoder_readings(heard)
        for found in self._search.search(heard.scores, _SEARCHED, hot):
            if found.text not in decoder:
                decoder[found.text] = self._decoder_score(heard, found.text)
        head = ctc.forward_scores(heard.scores, list(decoder)) if decoder else ()
        readings = [
            Reading(
                text,
                score,
                float(by_head),
                self._scorer.score(text, hot),
                len(self._tokenizer.encode(text).ids) if self.calibration.beam else 0,
            )
            for (text, score), by_head in zip(decoder.items(), head, strict=True)
        ]
        if speller is not None and readings:
            readings += unlisted(
                heard,
                readings,
                hot=hot,
                speller=speller,
                scorer=self._scorer,
                calibration=self.calibration,
            )
        return readings, no_speech_prob

    def _decoder_readings(self, heard: Heard) -> tuple[dict[str, float], float]:
        """The decoder's own readings with their log-probabilities, and its no-speech (0..1)."""
        found: dict[str, float] = {}
        if not self.calibration.beam:
            return found, 0.0
        cap = int(_TOKENS_ALLOWED + _TOKENS_PER_S * heard.seconds) + len(self._prompt)
        (result,) = self._model.generate(
            heard.encoded,
            [self._prompt],
            beam_size=self.calibration.beam,
            num_hypotheses=self.calibration.beam,
            max_length=min(cap, 220),
            return_scores=True,
            return_no_speech_prob=True,
            suppress_blank=False,
            suppress_tokens=self._suppressed,
        )
        for ids, score in zip(result.sequences_ids, result.scores, strict=True):
            text = " ".join(self._tokenizer.decode(ids).split())
            if text:
                found.setdefault(text, score * (len(ids) + 1))  # the score is a mean, end included
        return found, float(result.no_speech_prob)

    def _decoder_score(self, heard: Heard, text: str) -> float:
        """The decoder's log-probability of a text that it did not write itself."""
        if not self.calibration.beam:
            return 0.0
        (aligned,) = self._model.align(
            heard.encoded,
            self._prompt[:1],
            [self._tokenizer.encode(text).ids],
            [heard.encoded.shape[1] * 2],
        )
        words = float(np.log(np.maximum(aligned.text_token_probs, 1e-9)).sum())
        return words + _END_LOG_PROBABILITY

    def _free(
        self, heard: Heard, hot: HotWords, speller: Speller | None = None
    ) -> tuple[str, float, tuple[Hypothesis, ...], float]:
        if not heard.free_path:
            return "", 0.0, (), 1.0
        readings, no_speech_prob = self.readings(heard, hot, speller)
        if not readings:
            return "", 0.0, (), max(no_speech_prob, 0.5)
        best_first = ordered(readings, self.calibration)
        best, _ = best_first[0]
        kept = best_first[:_READINGS]
        whole = sum(share for _, share in kept)
        alternatives = tuple(Hypothesis(reading.text, part / whole) for reading, part in kept)
        # readings of the same sounds do not speak against each other, nor names a letter apart
        same = sounds(best.text)
        share = (
            whole
            if speller is not None
            else sum(part for reading, part in best_first if sounds(reading.text) == same)
        )
        return (
            best.text,
            confidence(best, share, heard, self.calibration),
            alternatives,
            no_speech_prob,
        )

    def _paths(self, heard: Heard, constraint: Constraint) -> tuple[list[ctc.Path], float]:
        """The best readings under a constraint, and how much is missing for a whole one."""
        if constraint.is_list:
            paths, missing = ctc.closed_list(heard.scores, constraint), 0.0
        else:
            paths, missing = ctc.search_whole(heard.scores, constraint)
        return [path for path in paths[:_READINGS] if path.score > _IMPOSSIBLE], missing

    def _constrained(
        self, heard: Heard, paths: Sequence[ctc.Path], hot: HotWords
    ) -> tuple[str, float, tuple[Hypothesis, ...], float, bool]:
        if not paths or not heard.free_path:
            return (*self._free(heard, hot), False)
        shares = np.exp([path.score - paths[0].score for path in paths])
        shares /= shares.sum()
        slope, constant = self.calibration.constrained
        fits = logistic(slope * answer_shortfall(paths[0].score, heard, paths[0].text) + constant)
        readings = [
            Hypothesis(path.text, float(share)) for path, share in zip(paths, shares, strict=True)
        ]
        # readings of the same value («εφτά», «είναι το επτά») do not speak against each other
        meant = core(paths[0].text)
        sure = fits * float(
            sum(s for path, s in zip(paths, shares, strict=True) if core(path.text) == meant)
        )
        silence = 0.0
        if sure < _SURE:
            text, free_confidence, freely, silence = self._free(heard, hot)
            if text and plain(text) != plain(paths[0].text):
                weight = free_confidence * (1 - fits) / freely[0].probability
                listed = {path.text for path in paths}
                readings += [
                    Hypothesis(one.text, one.probability * weight)
                    for one in freely[:_FREELY]
                    if one.text not in listed
                ]
        return paths[0].text, sure, tuple(readings), silence, True
