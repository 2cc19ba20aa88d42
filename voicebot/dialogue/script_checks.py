"""Whether what came of a scripted call is what its script expects.

Only the keys that a script names are checked; null means that it must not happen, `a|b` either.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from voicebot.dialogue.commands import says_any
from voicebot.dialogue.events import (
    AppointmentDone,
    CallbackDone,
    Captured,
    CaseDone,
    HandoffTried,
    KeypadOffered,
    OutOfScope,
    Reprompted,
    SafetyMet,
    TopicAnswered,
)
from voicebot.dialogue.journal import Journal
from voicebot.dialogue.scripts import ScriptCall, ScriptTurn
from voicebot.understanding.text import fold


@dataclass(frozen=True)
class PlayedTurn:
    """A turn that was used: for which slot, after how many events, as which agent turn."""

    slot: str
    turn: ScriptTurn
    events_before: int
    agent_turn: int


@dataclass(frozen=True)
class Evidence:
    """What is known of a call that was played."""

    journal: Journal
    said: Sequence[str]
    played: Sequence[PlayedTurn]
    end: str
    numbers: Mapping[str, str]

    @property
    def text(self) -> str:
        """Everything the line said."""
        return "\n".join(self.said)


_Check = Callable[[Any, Evidence], Iterator[str]]


def failures(call: ScriptCall, evidence: Evidence) -> Iterator[str]:
    """What is wrong, in words; nothing when all is as expected."""
    yield from _turns(evidence)
    for key, wanted in call.expect.items():
        check = _CHECKS.get(key)
        if check is None:
            yield f"expect.{key}: unknown; one of {', '.join(sorted(_CHECKS))}"
            continue
        optional = call.expect.get("answered_topics_optional") or []
        value = (wanted, optional) if key == "answered_topics" else wanted
        yield from (f"{key}: {problem}" for problem in check(value, evidence))


def _turns(evidence: Evidence) -> Iterator[str]:
    """Values that turns had to give, and turns that had to be refused."""
    captured = evidence.journal.captured()
    for played in evidence.played:
        turn, slot = played.turn, played.slot
        if (
            turn.value is not None
            and not turn.invalid
            and not any(_same(turn.value, value) for value in captured.get(slot, ()))
        ):
            yield f"slot {slot}: {turn.value!r} was not captured, but {captured.get(slot, [])}"
        if turn.invalid:
            after = evidence.journal.events[played.events_before :]
            first = next((e for e in after if isinstance(e, Captured | Reprompted)), None)
            if not isinstance(first, Reprompted):
                yield f"slot {slot}: {turn.say or turn.dtmf!r} was not refused"


def _topics(wanted: tuple[Any, Any], evidence: Evidence) -> Iterator[str]:
    required, optional = wanted
    answered = {event.topic for event in evidence.journal.of(TopicAnswered)}
    if required is None:
        if answered:
            yield f"none expected, got {sorted(answered)}"
        return
    allowed: set[str] = set(optional)
    for topic in required:
        choices = set(str(topic).split("|"))
        allowed |= choices
        if not choices & answered:
            yield f"{topic} was not answered, but {sorted(answered)}"
    if answered - allowed:
        yield f"{sorted(answered - allowed)} answered without being asked"


def _details(
    kind: type[AppointmentDone] | type[CallbackDone] | type[CaseDone], action_key: str
) -> _Check:
    def check(wanted: Any, evidence: Evidence) -> Iterator[str]:
        events = evidence.journal.of(kind)
        if wanted is None:
            if events:
                yield f"none expected, got {events}"
            return
        if not events:
            yield "none happened"
            return
        event = events[-1]
        got = dict(event.details)
        if not isinstance(event, CallbackDone):
            got[action_key] = event.action.value
        for key, value in wanted.items():
            if key.endswith("_min"):
                name = key.removesuffix("_min")
                if int(got.get(name, 0)) < int(value):
                    yield f"{name} is {got.get(name)}, at least {value} expected"
            elif not _fits(key, value, got, evidence.numbers):
                shown = got.get(key.removesuffix("_range"), "nothing")
                yield f"{key} is {shown!r}, {value!r} expected"

    return check


def _fits(key: str, wanted: Any, got: Mapping[str, str], numbers: Mapping[str, str]) -> bool:
    value = got.get(key.removesuffix("_range"), "")
    if wanted is None:
        return not value
    if isinstance(wanted, bool):
        return value == ("yes" if wanted else "no")
    if key.endswith("_range") or key == "window":
        first, last = _bounds(wanted)
        low, _, high = value.partition("-") if key == "window" else (value, "", value)
        return first <= low and high <= last
    text = str(wanted)
    choices = [numbers.get(choice.strip("{}"), choice) for choice in text.split("|")]
    return any(_same(choice, value) for choice in choices)


def _bounds(wanted: Any) -> tuple[str, str]:
    """First and last of "a..b", "a-b" (times) or [a, b]."""
    if isinstance(wanted, list):
        parts = [str(part) for part in wanted]
    else:
        text = str(wanted)
        parts = text.split("..") if ".." in text else re.split(r"(?<=\d)-(?=\d\d:)", text)
    return parts[0].strip(), parts[-1].strip()


def _same(wanted: str, value: str) -> bool:
    digits, given = re.sub(r"\D", "", wanted), re.sub(r"\D", "", value)
    if digits and not re.search(r"[^\W\d_]", wanted):
        return digits in (given, given.removeprefix("30"))
    return fold(wanted) == fold(value)


def _handoff(wanted: Any, evidence: Evidence) -> Iterator[str]:
    tried = evidence.journal.of(HandoffTried)
    if wanted is None:
        if tried:
            yield f"none expected, got {tried[0].briefing.reason}"
        return
    if not tried:
        yield "nobody was called"
        return
    reason = wanted.get("reason")
    if reason is not None and tried[0].briefing.reason not in str(reason).split("|"):
        yield f"reason is {tried[0].briefing.reason}, {reason} expected"
    most = wanted.get("max_agent_turns_before")
    turns = evidence.played[-1].agent_turn if evidence.played else 0
    if most is not None and turns > most:
        yield f"{turns} agent turns before it, at most {most} expected"


def _safety(wanted: Any, evidence: Evidence) -> Iterator[str]:
    met = {event.kind.value for event in evidence.journal.of(SafetyMet)}
    if wanted is None:
        if met:
            yield f"none expected, got {sorted(met)}"
        return
    for kind in [wanted] if isinstance(wanted, str) else wanted:
        if not met & set(kind.split("|")):
            yield f"{kind} was not met, but {sorted(met)}"


def _any_said(wanted: Any, evidence: Evidence) -> Iterator[str]:
    phrases = [wanted] if isinstance(wanted, str) else [str(one) for one in wanted or ()]
    if not any(says_any(evidence.text, [phrase]) for phrase in phrases):
        yield f"none of {phrases} was said"


def _numbers_said(wanted: Any, evidence: Evidence) -> Iterator[str]:
    numbers = [str(one) for one in (wanted if isinstance(wanted, list) else [wanted])]
    # Help lines are written "1 0 1 8" to be read slowly.
    joined = re.sub(r"(?<=\d)[ -](?=\d)", "", evidence.text)
    if not any(re.search(rf"(?<!\d){re.escape(number)}(?!\d)", joined) for number in numbers):
        yield f"none of {numbers} was said"


def _count(kind: type[Reprompted] | type[OutOfScope]) -> _Check:
    def check(wanted: Any, evidence: Evidence) -> Iterator[str]:
        count = len(evidence.journal.of(kind))
        if count < int(wanted):
            yield f"{count}, at least {wanted} expected"

    return check


def _keypad(wanted: Any, evidence: Evidence) -> Iterator[str]:
    offered = bool(evidence.journal.of(KeypadOffered))
    if offered is not bool(wanted):
        yield f"{offered}, {bool(wanted)} expected"


def _end(wanted: Any, evidence: Evidence) -> Iterator[str]:
    if evidence.end not in str(wanted).split("|"):
        yield f"{evidence.end}, {wanted} expected"


def _language(wanted: Any, evidence: Evidence) -> Iterator[str]:
    greek = len(re.findall(r"[Α-ωά-ώ]", evidence.text))
    latin = len(re.findall(r"[A-Za-z]", evidence.text))
    spoken = "el" if greek > latin else "en"
    if wanted is not None and spoken not in str(wanted).split("|"):
        yield f"{spoken}, {wanted} expected"


def _must_not(wanted: Any, evidence: Evidence) -> Iterator[str]:
    for behaviour in [wanted] if isinstance(wanted, str) else wanted or ():
        seen = _BEHAVIOURS.get(behaviour)
        if seen is None:
            yield f"{behaviour!r} is unknown; one of {', '.join(sorted(_BEHAVIOURS))}"
        elif seen(evidence):
            yield f"{behaviour} happened"


def _asked(slot: str) -> Callable[[Evidence], bool]:
    return lambda evidence: any(played.slot == slot for played in evidence.played)


def _said(pattern: str) -> Callable[[Evidence], bool]:
    expression = re.compile(pattern, re.IGNORECASE)
    return lambda evidence: expression.search(evidence.text) is not None


_BEHAVIOURS: dict[str, Callable[[Evidence], bool]] = {
    "ask_afm": _asked("afm"),
    "ask_amka": _asked("amka"),
    "ask_name": _asked("name"),
    "ask_credentials": _said(r"(πείτε|δώστε) μου (τους|τον) κωδικ"),
    "book": lambda evidence: bool(evidence.journal.of(AppointmentDone)),
    "open_case": lambda evidence: bool(evidence.journal.of(CaseDone)),
    "handoff": lambda evidence: bool(evidence.journal.of(HandoffTried)),
    "hang_up": lambda evidence: evidence.end == "normal",
    "promise_date": _said(r"θα (πληρωθείτε|τα πάρετε|μπουν) (στις|την)"),
    "judge_entitlement": _said(r"\b(δεν )?δικαιούστε το ποσό"),
    "claim_human": _said(r"(?<!όχι )είμαι άνθρωπος"),
}

_CHECKS: dict[str, _Check] = {
    "answered_topics": _topics,
    "answered_topics_optional": lambda wanted, evidence: iter(()),
    "appointment": _details(AppointmentDone, "status"),
    "callback": _details(CallbackDone, "status"),
    "case": _details(CaseDone, "action"),
    "handoff": _handoff,
    "safety": _safety,
    "numbers_given_any": _numbers_said,
    "advice_any": _any_said,
    "redirect_any": _any_said,
    "must_not": _must_not,
    "language": _language,
    "dtmf_offered": _keypad,
    "reprompts_min": _count(Reprompted),
    "out_of_scope_min": _count(OutOfScope),
    "end": _end,
}
