"""The question for a person's name."""

from __future__ import annotations

from dataclasses import replace

from voicebot.dialogue.commands import says_any
from voicebot.dialogue.prompts import booking
from voicebot.dialogue.questions import Answer, Question, Readings, Refused, Unclear, Value
from voicebot.understanding.expectation import Expectation, Kind
from voicebot.understanding.names import parse_name, say_name

# Below it a topic that is recognised surely goes before the name.
_SURE_NAME = 0.85


def name_question() -> Question[str]:
    """First name and surname."""

    def read(readings: Readings) -> Answer[str]:
        for text, _ in readings[:2]:
            for parsed in parse_name(text)[:1]:
                name = parsed.value
                if name.first and name.last:
                    return Value(say_name(name), weak=parsed.confidence < _SURE_NAME)
                if name.first:
                    return Refused(booking.SURNAME_TOO)
        return Unclear()

    return Question(
        prompt=booking.NAME,
        again=booking.NAME_AGAIN,
        capture=read,
        help=booking.NAME_HELP,
        expectation=Expectation(Kind.NAME, "name"),
    )


def name_or_none_question() -> Question[str]:
    """The same, where a caller may refuse it; then empty."""
    question = name_question()

    def read(readings: Readings) -> Answer[str]:
        if says_any(readings[0][0], booking.WONT_SAY):
            return Value("")
        return question.capture(readings)

    return replace(question, help=booking.NAME_HELP_FREE, capture=read)
