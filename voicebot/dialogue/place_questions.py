"""Questions for places: which city, which of its namesakes, which of those that sound alike."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from voicebot.dialogue.commands import SPOKEN
from voicebot.dialogue.prompts import booking, services
from voicebot.dialogue.questions import Answer, Option, Question, Readings, Refused, Unclear, Value
from voicebot.dialogue.slots import choice_question, yes_no_question, yes_or_no
from voicebot.understanding.expectation import Expectation, Kind
from voicebot.understanding.place_cases import accusatives, named_places
from voicebot.understanding.places import Place, all_places, is_ambiguous, parse_place
from voicebot.understanding.text import fold

# Below it the words are read back before they are believed.
_SURE_PLACE = 0.85
# Within a longer sentence only a name that was said exactly is one.
_EXACT = 0.95
# A place with a branch is likelier than one without, before anything is heard.
_SERVED_WEIGHT = 3.0
# From this share of what was heard on, one place is taken; from the other on, one is asked about.
_PLAIN_SHARE, _LEAST_SHARE = 0.7, 0.08
_MOST_ALIKE = 3
# The letters on the keys of a Greek telephone.
_ON_KEYS = ("αβγ", "δεζ", "ηθι", "κλμ", "νξο", "πρσς", "τυφ", "χψω")
_KEYS = str.maketrans(
    {letter: str(key) for key, letters in enumerate(_ON_KEYS, 2) for letter in letters}
)
_FEWEST_LETTERS, _MOST_TYPED = 3, 6

IsServed = Callable[[Place], bool]


def place_question(
    prompt: str, is_served: IsServed = lambda place: True
) -> Question[tuple[Place, ...]]:
    """A city or municipality; several values where the name exists in several areas, or where
    it was not heard surely and several names are likely.

    Args:
        is_served: whether there is a branch; such a place is the likelier.
    """

    def read(readings: Readings) -> Answer[tuple[Place, ...]]:
        alike = _alike(readings, is_served)
        if alike:
            return Value(alike)
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

    def from_keys(keys: str) -> Answer[tuple[Place, ...]]:
        if len(keys) < _FEWEST_LETTERS:
            return Unclear()
        found = [place for place in all_places() if is_served(place) and _typed(place, keys)]
        if len(found) > _MOST_TYPED:
            return Refused(booking.MORE_LETTERS)
        return Value(tuple(found)) if found else Unclear()

    return Question(
        prompt=prompt,
        again=booking.PLACE_AGAIN,
        capture=read,
        help=booking.PLACE_HELP,
        expectation=Expectation(Kind.PLACE, "place", named_places() + SPOKEN),
        keypad=booking.PLACE_KEYPAD,
        from_keys=from_keys,
        written=_written_places,
    )


def _typed(place: Place, keys: str) -> bool:
    """Whether the name begins with the letters that stand on these keys."""
    letters = fold(place.name).replace(" ", "")
    return letters.translate(_KEYS).startswith(keys)


def _written_places(places: Sequence[Place]) -> str:
    if len(places) == 1:
        return places[0].label
    return " / ".join(dict.fromkeys(place.name for place in places))


def _alike(readings: Readings, is_served: IsServed) -> tuple[Place, ...]:
    """The places of several names that were heard about as likely, or all those of the one name
    that stands out; none when there is only one name."""
    shares: dict[str, float] = {}
    places: dict[str, tuple[Place, ...]] = {}
    for text, weight in readings:
        found = parse_place(text)
        if not found or found[0].confidence < _EXACT:
            continue
        name = found[0].value.name
        if name not in places:
            alike = [one.value for one in found if one.value.name == name]
            places[name] = tuple(alike if is_ambiguous(found) else alike[:1])
        served = any(is_served(place) for place in places[name])
        shares[name] = shares.get(name, 0.0) + weight * (_SERVED_WEIGHT if served else 1.0)
    ranked = sorted(shares, key=lambda name: -shares[name])
    if len(ranked) < 2:
        return ()
    total = sum(shares.values())
    if shares[ranked[0]] >= _PLAIN_SHARE * total:
        return places[ranked[0]]
    likely = [name for name in ranked if shares[name] >= _LEAST_SHARE * total]
    return tuple(places[name][0] for name in likely[:_MOST_ALIKE])


def places_in(readings: Readings) -> tuple[Place, ...]:
    """The place named in an utterance about something else as well; empty when none surely is."""
    found = parse_place(readings[0][0])
    if not found or found[0].confidence < _EXACT:
        return ()
    if is_ambiguous(found):
        return tuple(one.value for one in found if one.confidence >= _EXACT)
    return (found[0].value,)


def alike_question(places: Sequence[Place]) -> Question[tuple[Place, ...]]:
    """Which of several places that sound alike was said; empty when it was none of them."""
    options = [Option(place, place.label) for place in places]
    plain = choice_question(
        booking.which_heard([one.name for one in options]), options, slot="place"
    )

    def read(readings: Readings) -> Answer[tuple[Place, ...]]:
        for text, _ in readings:
            named = {one.value for one in parse_place(text) if one.confidence >= _EXACT}
            meant = [place for place in places if place in named]
            if len(meant) == 1:
                return Value((meant[0],))
        if other := places_in(readings):
            return Value(other)
        chosen = plain.capture(readings)
        if isinstance(chosen, Value):
            return Value((chosen.value,))
        return Value(()) if yes_or_no(readings) is False else Unclear()

    def from_keys(keys: str) -> Answer[tuple[Place, ...]]:
        chosen = plain.from_keys(keys) if plain.from_keys is not None else Unclear()
        return Value((chosen.value,)) if isinstance(chosen, Value) else Unclear()

    phrases = tuple(
        phrase
        for place in places
        for name in (place.label.lower(),)
        for phrase in (name, *accusatives(name))
    )
    return Question(
        prompt=plain.prompt,
        again=plain.again,
        capture=read,
        expectation=replace(plain.expectation, phrases=phrases + plain.expectation.phrases),
        keypad=plain.keypad,
        from_keys=from_keys,
        written=_written_places,
    )


def nearest_question(place: Place, capital: Place) -> Question[bool | tuple[Place, ...]]:
    """Whether the branch of the area's capital will do, where a place has none; or the place
    that was really said."""
    plain = yes_no_question(booking.nearest(place.label, capital.name), "branch")

    def read(readings: Readings) -> Answer[bool | tuple[Place, ...]]:
        answer = yes_or_no(readings)
        named = places_in(readings)
        if answer is not True and named == (capital,):
            return Value(True)
        if answer is not True and named:
            return Value(named)
        return Unclear() if answer is None else Value(answer)

    def from_keys(keys: str) -> Answer[bool | tuple[Place, ...]]:
        pressed = plain.from_keys(keys) if plain.from_keys is not None else Unclear()
        return Value(pressed.value) if isinstance(pressed, Value) else Unclear()

    def written(answer: bool | tuple[Place, ...]) -> str:
        return plain.written(answer) if isinstance(answer, bool) else _written_places(answer)

    return Question(
        prompt=plain.prompt,
        again=plain.again,
        capture=read,
        help=plain.help,
        expectation=plain.expectation,
        keypad=plain.keypad,
        from_keys=from_keys,
        written=written,
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
