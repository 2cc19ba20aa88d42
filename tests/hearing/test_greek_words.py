"""The word search over a language model of a few words, against trying every sentence."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest

from voicebot.hearing import ctc
from voicebot.hearing.greek_sounds import BLANK, SOUNDS, sound_ids
from voicebot.hearing.greek_words import WordModel, WordScorer, WordSearch
from voicebot.hearing.recogniser import FloatArray

WORDS = ("θέλω", "ραντεβού", "αύριο", "να", "ναι")
PAIRS = {("<s>", "θέλω"): -0.5, ("θέλω", "ραντεβού"): -0.3, ("ραντεβού", "αύριο"): -0.7}


@pytest.fixture
def model() -> WordModel:
    names = (*WORDS, "<s>")
    offsets, successors, bigram = [0], [], []
    for before in names:
        for at, word in enumerate(WORDS):
            if (before, word) in PAIRS:
                successors.append(at)
                bigram.append(PAIRS[before, word])
        offsets.append(len(successors))
    return WordModel(
        WORDS,
        np.full(len(WORDS), -1.6, np.float32),
        np.full(len(names), -1.0, np.float32),
        np.array(offsets, np.int32),
        np.array(successors, np.int32),
        np.array(bigram, np.float32),
        np.full(len(WORDS), -1.0, np.float32),
    )


def spoken(text: str, loudness: float, seed: int = 0) -> FloatArray:
    frames = [BLANK] * 2
    for word in text.split():
        for sound in sound_ids(word):
            frames += [sound, BLANK]
        frames += [BLANK]
    logits = np.random.default_rng(seed).normal(0, 1, (len(frames), len(SOUNDS)))
    logits[np.arange(len(frames)), frames] += loudness
    return ctc.log_softmax(logits.astype(np.float32))


@pytest.mark.parametrize("said", ["θέλω ραντεβού αύριο", "ναι θέλω", "ραντεβού", "να ναι"])
def test_clear_speech_is_read_as_said(model: WordModel, said: str) -> None:
    assert WordSearch(model).search(spoken(said, 6)) == said


@pytest.mark.parametrize("seed", range(6))
def test_the_search_finds_what_trying_all_sentences_finds(model: WordModel, seed: int) -> None:
    scores = spoken("θέλω ραντεβού", 2.0, seed)
    scorer = WordScorer(model)
    sentences = [
        " ".join(words) for count in (1, 2, 3) for words in itertools.product(WORDS, repeat=count)
    ]
    totals = ctc.forward_scores(scores, sentences) + [scorer.score(s) for s in sentences]
    found = WordSearch(model, weight=1.0, word_bonus=0.0).search(scores)
    # Viterbi against the sum over alignments: the same but for a small margin
    assert totals[sentences.index(found)] >= totals.max() - 2.0


def test_known_pairs_score_better_than_backed_off_ones(model: WordModel) -> None:
    scorer = WordScorer(model)
    assert scorer.score("θέλω ραντεβού") == pytest.approx(-0.5 - 0.3 - 1.0)
    assert scorer.score("ραντεβού θέλω") == pytest.approx(2 * (-1.0 - 1.6) - 1.0)
    assert scorer.score("θελω ραντεβου") == scorer.score("θέλω ραντεβού")
    assert scorer.score("ξένη") < scorer.score("ναι") - 5


def test_too_little_audio_gives_no_words(model: WordModel) -> None:
    assert WordSearch(model).search(spoken("", 3)[:1]) == ""


def test_a_model_file_comes_back_as_written(model: WordModel, tmp_path: Path) -> None:
    file = tmp_path / "words.npz"
    np.savez(
        file,
        words=np.frombuffer(" ".join(model.words).encode(), np.uint8),
        unigram=model.unigram,
        backoff=model.backoff,
        offsets=model.offsets,
        successors=model.successors,
        bigram=model.bigram,
        end=model.end,
    )
    assert WordModel.load(file).words == WORDS
    assert WordSearch(WordModel.load(file)).search(spoken("ναι", 6)) == "ναι"
