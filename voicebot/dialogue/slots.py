"""Questions with closed answers: yes or no, one of a list, a key, free words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from voicebot.dialogue.commands import SPOKEN, says_any, slots_named
from voicebot.dialogue.matching import best_option, ordinals
from voicebot.dialogue.meaning import Meaning
from voicebot.dialogue.prompts import booking, general
from voicebot.dialogue.questions import Answer, Option, Question, Readings, Unclear, Value
from voicebot.understanding.expectation import Expectation, Kind
from voicebot.understanding.text import words
from voicebot.understanding.yesno import Answer as YesNo
from voicebot.understanding.yesno import parse_yes_no

T = TypeVar("T")

_SURE = 0.6
_PLAIN_WORDS = 5
_YES_KEY, _NO_KEY = "1", "2"
# A second reading answers only when it is no mere shadow of the first one.
_SECOND_SHARE = 0.2
# So much of what was heard for yes and no together speaks against the answer: it is asked again.
# Nobody's right answer had as much (746 clips of seven voices).
_CONTESTED = 0.2
_YES, _NO = "yes", "no"


def yes_or_no(readings: Readings) -> bool | None:
    """What a text answers to a yes/no question; None when neither."""
    least = _SECOND_SHARE * readings[0][1] if readings else 0.0
    for text, weight in readings[:2]:
        if weight < least:
            continue
        for parsed in parse_yes_no(text)[:1]:
            if parsed.value is not YesNo.UNCLEAR and parsed.confidence >= _SURE:
                return parsed.value is YesNo.YES
    return None


def _is_contested(readings: Readings, answer: bool) -> bool:
    """Whether readings of yes and of no lie too close together to believe either."""
    shares = {True: 0.0, False: 0.0}
    for text, weight in readings:
        for parsed in parse_yes_no(text)[:1]:
            if parsed.value is not YesNo.UNCLEAR:
                shares[parsed.value is YesNo.YES] += weight
    return shares[not answer] >= _CONTESTED * sum(shares.values()) > 0


def says_yes(meaning: Meaning) -> bool:
    """Whether an utterance to an open question is no more than a yes."""
    return _plainly(meaning) is True


def says_no(meaning: Meaning) -> bool:
    """Whether an utterance to an open question is no more than a no."""
    return _plainly(meaning) is False


def _plainly(meaning: Meaning) -> bool | None:
    if len(words(meaning.text)) > _PLAIN_WORDS:
        return None
    for parsed in parse_yes_no(meaning.text):
        if parsed.value is not YesNo.UNCLEAR and parsed.confidence >= 0.8:
            return parsed.value is YesNo.YES
    return None


def yes_no_question(
    prompt: str,
    slot: str,
    *,
    short: str = "",
    also_yes: tuple[str, ...] = (),
    also_no: tuple[str, ...] = (),
) -> Question[bool]:
    """A question for yes or no, also by key 1 or 2.

    Args:
        short: how it is asked again; the same by default.
        also_yes: phrases that agree to this very question («ακυρώστε το»).
        also_no: phrases that refuse it.
    """

    def capture(readings: Readings) -> Answer[bool]:
        # What is said in this question's own words goes before any other reading.
        answer = yes_or_no(readings[:1])
        if answer is None and says_any(readings[0][0], also_yes):
            return Value(True)
        if answer is None and says_any(readings[0][0], also_no):
            return Value(False)
        if answer is None:
            answer = yes_or_no(readings)
        if answer is None or _is_contested(readings, answer):
            return Unclear()
        return Value(answer)

    return Question(
        prompt=prompt,
        again=f"{short or prompt} {general.SAY_YES_OR_NO}",
        capture=capture,
        help=general.SAY_YES_OR_NO,
        expectation=Expectation(Kind.YES_NO, slot, open=True),
        keypad=f"{short or prompt} {general.KEYPAD_YES_NO}",
        from_keys=_yes_no_key,
        written=lambda yes: _YES if yes else _NO,
    )


def yes_no_once(prompt: str, slot: str) -> Question[bool]:
    """The same, asked only once."""
    return replace(yes_no_question(prompt, slot), tries=1)


def _yes_no_key(keys: str) -> Answer[bool]:
    match keys:
        case "1":
            return Value(True)
        case "2":
            return Value(False)
        case _:
            return Unclear()


def pick(readings: Readings, options: Sequence[Option[T]], *, within: bool = False) -> T | None:
    """The option that an utterance names; None when none or several do.

    Args:
        within: the utterance is about something larger, so that only what is named in it counts,
            and not "the first one".
    """
    option = best_option(readings, options, within=within)
    return option.value if option is not None else None


def choice_question(
    prompt: str,
    options: Sequence[Option[T]],
    *,
    slot: str,
    again: str = "",
    help: str = "",
) -> Question[T]:
    """A question for one of a list; by its names, its position, or a key."""
    names = [option.name for option in options]
    phrases = tuple(
        phrase.lower() for option in options for phrase in (option.name, *option.phrases)
    )

    def capture(readings: Readings) -> Answer[T]:
        option = best_option(readings, options)
        return Unclear() if option is None else Value(option.value)

    def from_keys(keys: str) -> Answer[T]:
        if len(keys) == 1 and keys.isdigit() and 1 <= int(keys) <= len(options):
            return Value(options[int(keys) - 1].value)
        return Unclear()

    def written(value: T) -> str:
        return next((option.name for option in options if option.value == value), str(value))

    return Question(
        prompt=prompt,
        again=again or prompt,
        capture=capture,
        help=help,
        expectation=Expectation(Kind.CHOICE, slot, phrases + ordinals(len(options)) + SPOKEN),
        keypad=general.keypad_choice(names) if len(names) < 10 else None,
        from_keys=from_keys,
        written=written,
    )


def key_question(prompt: str, slot: str, allowed: str) -> Question[str]:
    """A question that is answered with one key; zero is a person, as everywhere."""

    def from_keys(keys: str) -> Answer[str]:
        return Value(keys) if len(keys) == 1 and keys in allowed else Unclear()

    return Question(
        prompt=prompt,
        again=prompt,
        capture=lambda readings: Unclear(),
        expectation=Expectation(Kind.DIGITS, slot, lengths=(1,)),
        keypad=prompt,
        from_keys=from_keys,
    )


def free_text_question(prompt: str, again: str, slot: str) -> Question[str]:
    """A question whose answer is taken as it was said."""

    def capture(readings: Readings) -> Answer[str]:
        text = " ".join(readings[0][0].split())
        return Value(text) if text else Unclear()

    return Question(
        prompt=prompt,
        again=again,
        capture=capture,
        expectation=Expectation(Kind.FREE, slot),
    )


@dataclass(frozen=True)
class Verdict:
    """What was said to a whole form read back: right, or which slots are wrong (maybe none were
    named), with all that was said."""

    right: bool
    named: tuple[str, ...] = ()
    readings: tuple[tuple[str, float], ...] = ()


def confirm_form_question(prompt: str) -> Question[Verdict]:
    """The last yes or no before something is done. Asked again it is only the yes or no: the whole
    is read once more when the caller asks for it."""
    plain = yes_no_question(prompt, "confirm", short=booking.ALL_RIGHT)

    def capture(readings: Readings) -> Answer[Verdict]:
        answer = yes_or_no(readings)
        named = slots_named(readings[0][0])
        if answer is True:
            return Value(Verdict(right=True))
        if answer is False or named:
            return Value(Verdict(False, named, tuple(readings)))
        return Unclear()

    def from_keys(keys: str) -> Answer[Verdict]:
        answer = _yes_no_key(keys)
        return Value(Verdict(answer.value)) if isinstance(answer, Value) else Unclear()

    return Question(
        prompt=prompt,
        again=plain.again,
        capture=capture,
        help=plain.help,
        expectation=plain.expectation,
        keypad=plain.keypad,
        from_keys=from_keys,
        written=lambda verdict: _YES if verdict.right else _NO,
    )


def correction_question() -> Question[tuple[str, ...]]:
    """Which of the earlier answers is wrong."""

    def capture(readings: Readings) -> Answer[tuple[str, ...]]:
        named = slots_named(readings[0][0])
        return Value(named) if named else Unclear()

    return Question(
        prompt=booking.WHAT_TO_CORRECT,
        again=booking.WHAT_TO_CORRECT,
        capture=capture,
        expectation=Expectation(Kind.CHOICE, "resume", booking.CORRECTABLE + SPOKEN),
        written=",".join,
    )
