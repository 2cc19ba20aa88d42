"""Readings in which a word that is in no list is written by its sounds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from voicebot.hearing import ctc
from voicebot.hearing.greek_readings import Calibration, Heard, Reading, ordered, ranking
from voicebot.hearing.greek_sounds import SOUNDS, plain, sound_ids, word_sounds
from voicebot.hearing.hot_words import HotWords
from voicebot.hearing.language_model import Scorer
from voicebot.hearing.spelled import LONGEST, SHORTEST, Speller

#: What all words that are in no list have of the next word (a natural logarithm).
_SHARE = -5.0
#: In how many readings words are put in question, how many words at a time, and how many ways
#: each stretch of sound is heard.
_READINGS, _WORDS, _WAYS = 3, 4, 2
#: How many readings are given.
_MOST = 4
_UNLISTED = "?"


def unlisted(
    heard: Heard,
    readings: Sequence[Reading],
    *,
    hot: HotWords,
    speller: Speller,
    scorer: Scorer,
    calibration: Calibration,
) -> list[Reading]:
    """Put one word written by its sounds in the place of up to four words of the best readings.

    Args:
        heard: the utterance.
        readings: of known and hot words.
        hot: the hot words.
        speller: of words of the kind that is expected.
        scorer: the language model.
        calibration: how readings are ordered.

    Returns:
        The best of them, in order; they compete with `readings` by the same scores.
    """
    tried: dict[tuple[tuple[str, ...], str, tuple[str, ...]], None] = {}
    ways: dict[tuple[int, int], list[str]] = {}
    for reading, _ in ordered(readings, calibration)[:_READINGS]:
        words = tuple(reading.text.split())
        spans = ctc.word_spans(heard.scores, words)
        if spans is None:
            continue
        for first in range(len(words)):
            for after in range(first + 1, min(first + _WORDS, len(words)) + 1):
                doubted = words[first:after]
                said = "".join(word_sounds(word) for word in doubted)
                if not SHORTEST <= len(said) <= LONGEST:
                    continue
                # a first name must not be swallowed by the surname beside it
                if any((plain(word),) in hot.by_words for word in doubted):
                    continue
                span = spans[first][0], spans[after - 1][1]
                if span not in ways:
                    part = heard.scores[span[0] : span[1]]
                    ways[span] = speller.hear(part, _WAYS, calibration.search.weight)
                for sounds in ways[span]:
                    if sounds != said:
                        tried[words[:first], sounds, words[after:]] = None
    if not tried:
        return []
    labels = [
        [*sound_ids(" ".join(before)), *map(SOUNDS.index, sounds), *sound_ids(" ".join(after))]
        for before, sounds, after in tried
    ]
    found = []
    for (before, sounds, rest), head in zip(
        tried, ctc.forward_labels(heard.scores, labels), strict=True
    ):
        share = _SHARE + speller.score(sounds)
        words_score = scorer.score(" ".join((*before, _UNLISTED, *rest)), hot, {_UNLISTED: share})
        text = " ".join((*before, sounds, *rest))
        found.append((Reading(text, 0.0, float(head), words_score, 0), before, sounds, rest))
    found.sort(key=lambda one: -ranking(one[0], calibration))
    known = {plain(reading.text) for reading in readings}
    spelled = []
    for reading, before, sounds, rest in found[:_MOST]:
        text = " ".join((*before, speller.spell(sounds), *rest))
        if plain(text) not in known:
            known.add(plain(text))
            spelled.append(replace(reading, text=text))
    return spelled
