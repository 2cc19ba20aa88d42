"""The question for a date of birth."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from voicebot.dialogue.prompts import booking, services
from voicebot.dialogue.questions import Answer, Question, Readings, Refused, Unclear, Value
from voicebot.understanding.capture import Outcome, capture
from voicebot.understanding.expectation import Expectation, Kind

_WRITTEN = "%d%m%Y"


def birthdate_question(now: Callable[[], datetime]) -> Question[date]:
    """Day, month and year of birth; by keys as eight digits."""

    def read(readings: Readings) -> Answer[date]:
        result = capture(Kind.DATE, readings, slot="birthdate", today=now().date())
        if not isinstance(result.value, date):
            return Unclear()
        match result.outcome:
            case Outcome.ACCEPTED:
                return Value(result.value)
            case Outcome.NEEDS_READ_BACK:
                return Value(result.value, services.read_back(result.said))
            case Outcome.INVALID:
                return Refused(booking.BIRTHDATE_WRONG)
            case _:
                return Unclear()

    def from_keys(keys: str) -> Answer[date]:
        try:
            born = datetime.strptime(keys, _WRITTEN).date()
        except ValueError:
            return Unclear()
        return Value(born) if born <= now().date() else Refused(booking.BIRTHDATE_WRONG)

    return Question(
        prompt=booking.BIRTHDATE,
        again=booking.BIRTHDATE_AGAIN,
        capture=read,
        help=booking.BIRTHDATE_HELP,
        expectation=Expectation(Kind.DATE, "birthdate"),
        keypad=booking.BIRTHDATE_KEYPAD,
        from_keys=from_keys,
        written=date.isoformat,
    )
