"""Questions for names: of places and of people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from voicebot.dialogue.commands import SPOKEN
from voicebot.dialogue.prompts import booking, services
from voicebot.dialogue.questions import Answer, Option, Question, Readings, Refused, Unclear, Value
from voicebot.dialogue.slots import choice_question
from voicebot.understanding.expectation import Expectation, Kind
from voicebot.understanding.names import parse_name, say_name
from voicebot.understanding.places import Place, is_ambiguous, parse_place, spoken_places

# Below these the words are read back before they are believed.
_SURE_NAME = 0.85
_SURE_PLACE = 0.85


def place_question(prompt: str) -> Question[tuple[Place, ...]]:
    """A city or municipality; several values where the name exists in several areas."""

    def read(readings: Readings) -> Answer[tuple[Place, ...]]:
        for index, (text, _) in enumerate(readings):
            found = parse_place(text)
            if not found:
                continue
            best = found[0]
            if is_ambiguous(found):
                likely = [one for one in found if one.confidence > 0.9 * best.confidence]
                return Value(tuple(one.value for one in likely))
            unsure = index > 0 or best.confidence < _SURE_PLACE
            return Value((best.value,), services.read_back(best.value.label) if unsure else None)
        return Unclear()

    return Question(
        prompt=prompt,
        again=booking.PLACE_AGAIN,
        capture=read,
        help=booking.PLACE_HELP,
        expectation=Expectation(Kind.PLACE, "place", spoken_places() + SPOKEN),
        written=lambda places: places[0].label if len(places) == 1 else places[0].name,
    )


def namesake_question(places: Sequence[Place]) -> Question[Place]:
    """Which of several places of one name is meant."""
    options = [Option(place, place.label) for place in places]
    plain = choice_question(
        booking.which_place([option.name for option in options]), options, slot="place"
    )

    def read(readings: Readings) -> Answer[Place]:
        for text, _ in readings:
            # «της Αθήνας», «στη Θεσσαλονίκη»: the area completes the name.
            found = parse_place(f"{places[0].name} {text}")
            if found and not is_ambiguous(found) and found[0].value in places:
                return Value(found[0].value)
        return plain.capture(readings)

    return replace(plain, capture=read)


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
