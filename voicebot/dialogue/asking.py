"""How far the asking of one question has come: which wording is next, and when to give up."""

from __future__ import annotations

from typing import Any

from voicebot.dialogue.interjections import Handled
from voicebot.dialogue.prompts import general
from voicebot.dialogue.questions import Question
from voicebot.dialogue.signals import KeypadWanted, Lost

_MOST_DETOURS = 8
_KEYPAD_AFTER = 2


class Attempt:
    """Counts misses, silences and detours of one question.

    Attributes:
        patient: the caller asked for a moment, so the next silence may be long.
        keypad_just_offered: the prompt given last was the first to name the keypad.
        answered: topics of other questions that were answered in between.
    """

    def __init__(self, question: Question[Any], *, speech_works: bool) -> None:
        self._question = question
        self._misses = self._silences = self._detours = 0
        self._lead = ""
        self._quiet = False
        self._keypad = False
        self.patient = False
        self.keypad_just_offered = False
        self.answered: set[str] = set()
        if not speech_works:
            self.speech_failed()

    def next_prompt(self) -> str | None:
        """What to say before listening; None to listen at once.

        Raises:
            Lost: all tries are used up.
        """
        question = self._question
        # Once more with the keypad, unless the question is one that is not insisted on.
        most = question.tries + (1 if question.keypad and question.tries > 1 else 0)
        if self._silences >= question.tries:
            raise Lost(silent=True)
        if self._misses >= most or self._detours > _MOST_DETOURS:
            raise Lost(silent=False)
        self.keypad_just_offered = False
        if self._quiet:
            self._quiet = False
            return None
        lead, self._lead = self._lead, ""
        tries = max(self._misses, self._silences)
        if question.keypad and (self._keypad or tries >= _KEYPAD_AFTER):
            self.keypad_just_offered = not self._keypad or lead == general.SPEECH_DOWN
            self._keypad = True
            return f"{lead} {question.keypad}".strip()
        wording = question.again if lead and tries and question.again else question.prompt
        if tries >= _KEYPAD_AFTER and question.help:
            wording = f"{question.help} {wording}"
        return f"{lead} {wording}".strip()

    def missed(self, why: str) -> None:
        """There was no usable answer; `why` is said before the question."""
        self._misses += 1
        self._lead = why
        self.patient = False

    def silent(self) -> None:
        """Nothing was said."""
        if self.patient:
            # The caller had asked for a moment: a reminder, which is not held against them.
            self.patient = False
            self._detours += 1
            self._lead = general.STILL_HERE
            return
        self._silences += 1
        self._lead = general.SILENCE_QUESTION

    def handled(self, handled: Handled) -> None:
        """Something else was said and dealt with."""
        self._detours += 1
        self._quiet = handled is not Handled.ASK
        self.patient = handled is Handled.WAIT

    def speech_failed(self) -> None:
        """Speech cannot be recognised.

        Raises:
            KeypadWanted: this question cannot be answered with keys.
        """
        if self._question.keypad is None:
            raise KeypadWanted(speech_down=True)
        if not self._keypad:
            self._lead = general.SPEECH_DOWN
        else:
            self._silences += 1
        self._keypad = True
