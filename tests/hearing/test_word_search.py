"""The word search over a language model of a few words, against trying every sentence."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from voicebot.hearing import ctc
from voicebot.hearing.greek_sounds import BLANK, SOUNDS, sound_ids
from voicebot.hearing.hot_words import equally_likely
from voicebot.hearing.language_model import STEP, LanguageModel, Scorer
from voicebot.hearing.recogniser import FloatArray
from voicebot.hearing.word_search import Tuning, WordSearch

WORDS = ("αύριο", "θέλω", "λίρα", "λύρα", "να", "ναι", "ραντεβού")
END = len(WORDS)  # as a context it is the start
PAIRS = {
    ("<s>", "θέλω"): -0.5,
    ("θέλω", "ραντεβού"): -0.3,
    ("ραντεβού", "αύριο"): -0.7,
    ("να", "λύρα"): -0.4,
    ("ναι", "</s>"): -0.2,
}
TRIPLES = {("<s>", "θέλω", "λίρα"): -0.1, ("θέλω", "ραντεβού", "ναι"): -0.2}


def steps(values: list[float]) -> npt.NDArray[np.uint8]:
    return np.array([round(-value / STEP) + 1 for value in values], np.uint8)


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("model") / "words.npz"
    number = {word: at for at, word in enumerate(WORDS)} | {"<s>": END, "</s>": END}
    pairs = sorted((number[a], number[b], score) for (a, b), score in PAIRS.items())
    places = {(a, b): at for at, (a, b, _) in enumerate(pairs)}
    triples = sorted(
        (places[number[a], number[b]], number[c], score) for (a, b, c), score in TRIPLES.items()
    )
    spelled = [sound_ids(word) for word in WORDS]
    np.savez(
        path,
        words=np.frombuffer(" ".join(WORDS).encode(), np.uint8),
        sounds=np.array([i for ids in spelled for i in ids], np.uint8),
        lengths=np.array([len(ids) for ids in spelled], np.uint8),
        unigram=steps([-1.8] * END + [-1.2]),
        backoff=steps([-0.6] * (END + 1)),
        pair_counts=np.bincount([a for a, _, _ in pairs], minlength=END + 1),
        pair_words=np.array([b for _, b, _ in pairs]),
        pair_scores=steps([score for _, _, score in pairs]),
        pair_backoff=steps([-0.3] * len(pairs)),
        triple_counts=np.bincount([a for a, _, _ in triples], minlength=len(pairs)),
        triple_words=np.array([b for _, b, _ in triples]),
        triple_scores=steps([score for _, _, score in triples]),
    )
    return path


@pytest.fixture(scope="module")
def model(file: Path) -> LanguageModel:
    return LanguageModel.load(file)


@pytest.fixture(scope="module")
def search(model: LanguageModel) -> WordSearch:
    return WordSearch(model, Tuning(weight=1.0, bonus=0.0, beam=30.0))


def spoken(text: str, loudness: float, seed: int = 0) -> FloatArray:
    frames = [BLANK] * 2
    for word in text.split():
        for sound in sound_ids(word):
            frames += [sound, BLANK]
        frames += [BLANK]
    logits = np.random.default_rng(seed).normal(0, 1, (len(frames), len(SOUNDS)))
    logits[np.arange(len(frames)), frames] += loudness
    return ctc.log_softmax(logits.astype(np.float32))


def best(search: WordSearch, scores: FloatArray, hotwords: tuple[str, ...] = ()) -> str:
    found = search.search(scores, hot=equally_likely(hotwords))
    return found[0].text if found else ""


@pytest.mark.parametrize("said", ["θέλω ραντεβού αύριο", "ναι θέλω", "ραντεβού", "να ναι"])
def test_clear_speech_is_read_as_said(search: WordSearch, said: str) -> None:
    assert best(search, spoken(said, 7)) == said


@pytest.mark.parametrize("seed", range(8))
def test_the_search_finds_what_trying_all_sentences_finds(
    model: LanguageModel, search: WordSearch, seed: int
) -> None:
    scores = spoken("θέλω ραντεβού", 2.0, seed)
    scorer = Scorer(model)
    sentences = [
        " ".join(words) for count in (1, 2, 3) for words in itertools.product(WORDS, repeat=count)
    ]
    totals = ctc.forward_scores(scores, sentences) + [scorer.score(s) for s in sentences]
    # the best alignment against the sum over alignments: the same but for a small margin
    assert totals[sentences.index(best(search, scores))] >= totals.max() - 2.0


def test_readings_come_best_first_and_differ(search: WordSearch) -> None:
    found = search.search(spoken("θέλω ραντεβού", 2.5, 3), count=6)
    texts = [one.text for one in found]
    assert len(set(texts)) == len(texts) >= 3
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)


def test_words_of_the_same_sounds_are_told_apart_by_what_is_before(search: WordSearch) -> None:
    assert best(search, spoken("να λύρα", 7)) == "να λύρα"
    assert best(search, spoken("θέλω λύρα", 7)) == "θέλω λίρα"


def test_a_sound_may_end_a_word_and_begin_the_next(model: LanguageModel) -> None:
    said = spoken("θέλω", 7)[:-2]
    run = np.concatenate([said, spoken("οραντεβού", 7)[3:]])  # θέλω ο… said as one ο
    assert best(WordSearch(model, Tuning(1.0, 0.0, 30.0)), run) == "θέλω ραντεβού"


def test_a_hot_word_wins_over_what_sounds_like_it(search: WordSearch) -> None:
    scores = spoken("λάρα", 3.0, 1)
    assert best(search, scores) in {"λίρα", "λύρα"}
    assert best(search, scores, ("λάρα", "Άγιος Λαυρέντιος")) == "λάρα"


def test_a_hot_name_of_two_words_is_found_among_others(search: WordSearch) -> None:
    heard = best(search, spoken("θέλω Νέα Ζίχνη", 7), ("Νέα Ζίχνη", "Σάμος"))
    assert heard == "θέλω Νέα Ζίχνη"


def test_a_hot_word_not_said_changes_nothing(search: WordSearch) -> None:
    scores = spoken("θέλω ραντεβού αύριο", 5)
    assert best(search, scores, ("Κομοτηνή",)) == "θέλω ραντεβού αύριο"


def test_longer_contexts_score_better_and_back_off(model: LanguageModel) -> None:
    scorer = Scorer(model)
    near = pytest.approx
    assert scorer.score("ναι") == near(-0.6 - 1.8 - 0.2, abs=STEP * 3)
    assert scorer.score("θέλω λίρα") == near(-0.5 - 0.1 - 0.6 - 1.2, abs=STEP * 4)
    # the pair is known but nothing of the two words: forget both in turn
    assert scorer.score("θέλω λύρα") == near(-0.5 - 0.3 - 0.6 - 1.8 - 0.6 - 1.2, abs=STEP * 5)
    assert scorer.score("θελω λιρα") == scorer.score("θέλω λίρα")
    assert scorer.score("ξένη") < scorer.score("ναι") - 5
    assert scorer.score("ξένη", equally_likely(("ξένη",))) > scorer.score("ξένη") + 5


def test_too_little_audio_gives_no_words(search: WordSearch) -> None:
    assert search.search(spoken("", 3)[:1]) == []


def test_a_file_whose_parts_do_not_fit_is_refused(file: Path, tmp_path: Path) -> None:
    with np.load(file) as stored:
        parts = dict(stored)
    parts["lengths"] = parts["lengths"][:-1]
    np.savez(tmp_path / "words.npz", **parts)
    with pytest.raises(ValueError, match="do not fit"):
        LanguageModel.load(tmp_path / "words.npz")
