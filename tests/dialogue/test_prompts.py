"""What is said is plain, short and honest."""

from __future__ import annotations

import re

from voicebot.dialogue.prompts import booking, fixed, general, labels, safety, services
from voicebot.records.types import Agency, CaseStatus, VisitChannel

# Spoken Greek runs at 14 to 16 letters a second; 20 seconds are the most for one prompt.
_LETTERS_A_SECOND = 14
_MOST_SECONDS = 20
_HELP_LINES = 30


def seconds(text: str) -> float:
    return len(text) / _LETTERS_A_SECOND


def test_fixed_prompts_are_found_and_unique() -> None:
    texts = fixed()
    assert general.WELCOME in texts
    assert booking.PLACE in texts
    assert len(texts) > 100
    assert len(texts) == len(set(texts))


def test_no_prompt_is_long() -> None:
    slow = {safety.SUICIDE_LINES, safety.VIOLENCE_LINES}
    too_long = [text for text in fixed() if seconds(text) > _MOST_SECONDS and text not in slow]
    assert too_long == []
    assert all(seconds(text) < _HELP_LINES for text in slow)


def test_greeting_is_short_and_says_what_the_law_asks() -> None:
    greeting = f"{general.notice('1555')} {general.WELCOME}"
    assert seconds(greeting) <= 8
    assert "1555" in greeting
    assert "αυτόματο σύστημα" in greeting
    assert "υπάλληλο" in greeting


def test_prompts_are_greek_and_polite() -> None:
    for text in fixed():
        if text == general.ENGLISH:
            continue
        assert not re.search(r"[A-Za-z]{4,}", text), text
        assert "…" not in text
        assert text[-1] in ".;:", text


def test_handoff_is_not_promised_before_it_is_done() -> None:
    assert "σας συνδέω" not in services.CALLING_PERSON.lower()


def test_numbers_of_help_lines_are_said_twice() -> None:
    for text in fixed():
        for number in re.findall(r"\b\d(?: \d){2,}\b", text):
            assert text.count(number) > 1, text


def test_every_value_of_the_records_has_a_name() -> None:
    assert set(labels.AGENCIES) == set(labels.WITH_AGENCY) == set(Agency)
    assert set(labels.CHANNELS) == set(VisitChannel)
    assert set(labels.CASE_STATUS) == set(CaseStatus)


def test_phrases_of_agencies_do_not_clash() -> None:
    phrases = [phrase for label in labels.AGENCIES.values() for phrase in label.phrases]
    assert len(phrases) == len(set(phrases))
