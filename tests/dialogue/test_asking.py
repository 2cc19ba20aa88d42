"""How a question is asked again, and when it is given up."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

import voicebot.dialogue
from voicebot.dialogue.asking import Attempt
from voicebot.dialogue.interjections import Handled
from voicebot.dialogue.prompts import general
from voicebot.dialogue.questions import Question, Unclear
from voicebot.dialogue.signals import KeypadWanted, Lost


def question(keypad: str | None = None, tries: int = 3) -> Question[str]:
    return Question(
        prompt="Πόσα;",
        again="Πείτε πόσα.",
        capture=lambda readings: Unclear(),
        help="Ένας αριθμός.",
        keypad=keypad,
        tries=tries,
    )


def keypad_offered(attempt: Attempt) -> bool:
    return attempt.keypad_just_offered


def is_patient(attempt: Attempt) -> bool:
    return attempt.patient


def test_first_the_prompt_then_other_words_then_help() -> None:
    attempt = Attempt(question(), speech_works=True)
    assert attempt.next_prompt() == "Πόσα;"
    attempt.missed("Όχι.")
    assert attempt.next_prompt() == "Όχι. Πείτε πόσα."
    attempt.missed("Όχι.")
    assert attempt.next_prompt() == "Όχι. Ένας αριθμός. Πείτε πόσα."
    attempt.missed("Όχι.")
    with pytest.raises(Lost) as lost:
        attempt.next_prompt()
    assert not lost.value.silent


def test_keypad_after_two_misses_and_one_more_try() -> None:
    attempt = Attempt(question("Πατήστε."), speech_works=True)
    attempt.next_prompt()
    attempt.missed("Όχι.")
    attempt.next_prompt()
    attempt.missed("Όχι.")
    assert attempt.next_prompt() == "Όχι. Πατήστε."
    assert keypad_offered(attempt)
    attempt.missed("Όχι.")
    assert attempt.next_prompt() == "Όχι. Πατήστε."
    assert not keypad_offered(attempt)
    attempt.missed("Όχι.")
    with pytest.raises(Lost):
        attempt.next_prompt()


def test_three_silences_are_enough() -> None:
    attempt = Attempt(question(), speech_works=True)
    for _ in range(3):
        attempt.next_prompt()
        attempt.silent()
    with pytest.raises(Lost) as lost:
        attempt.next_prompt()
    assert lost.value.silent


def test_silence_after_being_asked_to_wait_is_not_counted() -> None:
    attempt = Attempt(question(), speech_works=True)
    attempt.next_prompt()
    attempt.handled(Handled.WAIT)
    assert attempt.next_prompt() is None
    assert is_patient(attempt)
    attempt.silent()
    assert not is_patient(attempt)
    assert attempt.next_prompt() == f"{general.STILL_HERE} Πόσα;"


def test_question_asked_once() -> None:
    attempt = Attempt(question("Πατήστε.", tries=1), speech_works=True)
    attempt.next_prompt()
    attempt.missed("Όχι.")
    with pytest.raises(Lost):
        attempt.next_prompt()


def test_detours_do_not_go_on_for_ever() -> None:
    attempt = Attempt(question(), speech_works=True)
    with pytest.raises(Lost):  # noqa: PT012  (which of the turns is the last is not the point)
        for _ in range(30):
            attempt.next_prompt()
            attempt.handled(Handled.ASK)


def test_without_speech_only_keys_can_answer() -> None:
    attempt = Attempt(question("Πατήστε."), speech_works=False)
    assert attempt.next_prompt() == f"{general.SPEECH_DOWN} Πατήστε."
    assert keypad_offered(attempt)
    with pytest.raises(KeypadWanted):
        Attempt(question(), speech_works=False)


def test_examples_in_the_docstrings_hold() -> None:
    tried = 0
    for module in pkgutil.walk_packages(voicebot.dialogue.__path__, "voicebot.dialogue."):
        result = doctest.testmod(importlib.import_module(module.name))
        assert result.failed == 0, module.name
        tried += result.attempted
    assert tried > 5
