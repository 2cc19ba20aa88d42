"""The CTC scores against counting every alignment by hand."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from voicebot.hearing import ctc
from voicebot.hearing.constraint import any_of, digits, optional, phrases, sequence
from voicebot.hearing.greek_sounds import BLANK, SOUNDS, sound_ids, sounds
from voicebot.hearing.recogniser import FloatArray


def noise(frames: int, seed: int = 0) -> FloatArray:
    rng = np.random.default_rng(seed)
    return ctc.log_softmax(rng.normal(0, 1, (frames, len(SOUNDS))).astype(np.float32))


def spoken(text: str, loudness: float = 6.0, seed: int = 0) -> FloatArray:
    """Scores of a head that hears `text` clearly, with a pause before, between words and after."""
    frames = [BLANK] * 4
    for word in text.split():
        for sound in sound_ids(word):
            frames += [sound, BLANK]
        frames += [BLANK] * 3
    logits = np.random.default_rng(seed).normal(0, 1, (len(frames), len(SOUNDS)))
    logits[np.arange(len(frames)), frames] += loudness
    return ctc.log_softmax(logits.astype(np.float32))


def by_hand(scores: FloatArray, text: str) -> float:
    ids = sound_ids(text)
    symbols = sorted({BLANK, *ids})
    total = -np.inf
    for path in itertools.product(symbols, repeat=len(scores)):
        said = [s for s, before in zip(path, (BLANK, *path), strict=False) if s and s != before]
        if said == ids:
            total = np.logaddexp(total, sum(scores[t, s] for t, s in enumerate(path)))
    return float(total)


@pytest.mark.parametrize("text", ["α", "αε", "αα", "αεα", ""])
def test_forward_score_is_the_sum_over_alignments(text: str) -> None:
    scores = noise(6)
    found = ctc.forward_scores(scores, [text, "μια άλλη"])
    assert found[0] == pytest.approx(by_hand(scores, text), abs=1e-3)


def test_a_text_longer_than_the_audio_is_impossible() -> None:
    assert ctc.forward_scores(noise(3), ["καλημέρα"])[0] < -1e20


def test_merging_silence_keeps_the_order_of_readings() -> None:
    scores = spoken("πάτρα πάρος", loudness=9)
    short = ctc.without_silence(scores)
    assert len(short) < len(scores)
    for kept in (scores, short):
        right, wrong = ctc.forward_scores(kept, ["Πάτρα Πάρος", "Πάρος Πάτρα"])
        assert right > wrong + 5


def test_best_path_reads_the_sounds() -> None:
    heard, score = ctc.best_path(spoken("θέλω ραντεβού", loudness=12))
    assert heard == sounds("θέλω ραντεβού")
    assert score < 0


def test_closed_list_finds_what_was_said_and_orders_the_rest() -> None:
    towns = phrases(["Αθήνα", "Λαμία", "Σαλαμίνα", "Πάτρα", "Πάρος"])
    paths = ctc.closed_list(spoken("Σαλαμίνα", loudness=5), towns)
    assert paths[0].text == "Σαλαμίνα"
    assert [path.score for path in paths] == sorted((path.score for path in paths), reverse=True)
    assert len(paths) == 5


def test_weights_decide_between_homophones() -> None:
    names = phrases({"Νίκη": 1.0, "Νήκει": 5.0})
    assert ctc.closed_list(spoken("νίκη"), names)[0].text == "Νήκει"


def test_search_agrees_with_the_closed_list() -> None:
    towns = phrases(["Αθήνα", "Λαμία", "Σαλαμίνα"])
    scores = spoken("Λαμία", loudness=3)
    listed, searched = ctc.closed_list(scores, towns), ctc.search(scores, towns)
    assert [path.text for path in searched] == [path.text for path in listed]
    assert searched[0].score == pytest.approx(listed[0].score, abs=1e-3)


@pytest.mark.parametrize(
    "said",
    [
        "εξήντα εννιά σαράντα πέντε εκατόν είκοσι τρία μηδέν εφτά",
        "μηδέν εννιά μηδέν μηδέν μηδέν μηδέν μηδέν τέσσερα πέντε",
        "τριάντα τρία διακόσια δώδεκα τετρακόσια οχτώ ένα",
    ],
)
def test_digit_strings_come_back_as_said(said: str) -> None:
    paths = ctc.search(spoken(said, loudness=5), digits({len_digits(said)}), count=4)
    assert sounds(paths[0].text) == sounds(said)
    assert len(paths) == 4


def len_digits(said: str) -> int:
    return {8: 9, 9: 9, 7: 9}[len(said.split())]


def test_search_sums_over_a_sentence_with_optional_parts() -> None:
    asked = sequence(
        optional(phrases(["ναι", "για"])),
        any_of(phrases(["αύριο"]), sequence(phrases(["την"]), phrases(["Τρίτη", "Τετάρτη"]))),
    )
    assert ctc.search(spoken("για την Τρίτη"), asked)[0].text == "για την Τρίτη"
    assert ctc.search(spoken("αύριο"), asked)[0].text == "αύριο"


def test_search_of_too_little_audio_finds_nothing() -> None:
    assert ctc.search(noise(2), digits({9}, lead_ins=())) == []


def test_words_without_greek_letters_are_refused() -> None:
    with pytest.raises(ValueError, match="no Greek letters"):
        ctc.search(noise(5), sequence(phrases(["sms"]), phrases(["ναι"])))


def test_what_is_missing_tells_half_a_number_from_a_whole_one() -> None:
    number = digits([9])
    _, whole = ctc.search_whole(spoken("ένα δύο τρία τέσσερα πέντε έξι επτά οκτώ εννέα"), number)
    _, nearly = ctc.search_whole(spoken("ένα δύο τρία τέσσερα πέντε έξι επτά οκτώ"), number)
    _, half = ctc.search_whole(spoken("ένα δύο τρία τέσσερα"), number)
    assert whole == 0.0
    assert 3.0 < nearly < half


def test_a_lead_in_alone_lacks_its_value() -> None:
    town = sequence(optional(phrases(["θέλω στην"])), phrases(["Πάτρα", "Σαλαμίνα"]))
    assert ctc.search_whole(spoken("θέλω στην Πάτρα"), town)[1] == 0.0
    assert ctc.search_whole(spoken("θέλω στην"), town)[1] > 3.0
