"""The rules that hold between fields and between entries, beyond the shape of the files."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping

from voicebot.understanding.knowledge_file import Located, LocatedService, Problem
from voicebot.understanding.knowledge_schema import PLACEHOLDER, Service, Unit
from voicebot.understanding.patterns import Pattern, PatternError
from voicebot.understanding.text import fold

MIN_EXAMPLES = 15
MAX_SENTENCES = 3
# About twenty seconds of calm speech.
MAX_SPOKEN_WORDS = 55
_SPOKEN_OF_A_SERVICE = ("does", "where", "needs", "without_codes")

_SENTENCE_END = re.compile(r"[.;!;](?:\s|$)")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_DIGIT = re.compile(r"\d")


def check_entries(located: list[Located], phrases: Mapping[str, str]) -> list[Problem]:
    """Everything wrong with entries whose shape is right."""
    problems = list(_repeated_ids(located))
    ids = {one.entry.id for one in located}
    for one in located:
        problems += _examples(one)
        problems += _patterns(one, phrases)
        problems += _figures(one)
        problems += _speech(one)
        problems += _duties(one)
        for index, confusable in enumerate(one.entry.confusable_with):
            if confusable.entry not in ids:
                problems.append(
                    one.problem(
                        ("confusable_with", index, "entry"),
                        f"there is no entry {confusable.entry!r}",
                        "write the id of an entry that exists",
                    )
                )
    problems += _shared_examples(located)
    return problems


def _repeated_ids(located: list[Located]) -> Iterator[Problem]:
    first: dict[str, Located] = {}
    for one in located:
        known = first.setdefault(one.entry.id, one)
        if known is not one:
            yield one.problem(
                ("id",),
                f"the id is already taken at {known.file}:{known.line}",
                "give it another one",
            )


def _examples(one: Located) -> Iterator[Problem]:
    count = len(one.entry.examples)
    if count < MIN_EXAMPLES:
        yield one.problem(
            ("examples",),
            f"only {count} examples",
            f"write at least {MIN_EXAMPLES}, as different people would say it",
        )


def _patterns(one: Located, phrases: Mapping[str, str]) -> Iterator[Problem]:
    for index, pattern in enumerate(one.entry.patterns):
        try:
            Pattern(pattern, phrases)
        except PatternError as error:
            yield one.problem(
                ("patterns", index), str(error), "mend the brackets, or define the phrase"
            )


def _shared_examples(located: list[Located]) -> Iterator[Problem]:
    first: dict[str, Located] = {}
    for one in located:
        for index, example in enumerate(one.entry.examples):
            known = first.setdefault(fold(example), one)
            if known is not one:
                yield one.problem(
                    ("examples", index),
                    f"{example!r} is also an example of {known.entry.id}",
                    "keep it where it belongs",
                )


def _figures(one: Located) -> Iterator[Problem]:
    entry = one.entry
    texts = {"answer": entry.answer, "details": entry.details}
    used: set[str] = set()
    for name, text in texts.items():
        for placeholder in PLACEHOLDER.findall(text or ""):
            used.add(placeholder)
            if placeholder not in entry.figures:
                yield one.problem(
                    (name,),
                    f"{{{placeholder}}} is not among the figures",
                    f"add {placeholder}: under figures, or mend the name",
                )
    for name, figure in entry.figures.items():
        place = ("figures", name)
        if name not in used:
            yield one.problem(
                place, "no text uses this figure", f"write {{{name}}} in the answer or take it out"
            )
        if figure.valid_from and figure.valid_until and figure.valid_from > figure.valid_until:
            yield one.problem(place, "valid_from is after valid_until", "mend the two dates")
        if (figure.unit is Unit.DATE) != hasattr(figure.value, "year"):
            yield one.problem(
                (*place, "value"), "the value does not fit the unit", "write a date as 2026-11-24"
            )
    if PLACEHOLDER.search(entry.answer or "") and not entry.answer_without_figures:
        yield one.problem(
            ("answer",),
            "the answer has figures, but nothing to say when they are out of date",
            "add answer_without_figures:",
        )
    if PLACEHOLDER.search(entry.answer_without_figures or ""):
        yield one.problem(
            ("answer_without_figures",), "a figure stands in it", "say it without figures"
        )
    for name in ("answer", "answer_without_figures"):
        bare = _YEAR.sub("", PLACEHOLDER.sub("", getattr(entry, name) or ""))
        if _DIGIT.search(bare):
            yield one.problem(
                (name,), "a number stands in the text", "make it a figure and write {its_name}"
            )


def _speech(one: Located) -> Iterator[Problem]:
    for name in ("answer", "answer_without_figures"):
        text: str = getattr(one.entry, name) or ""
        sentences, words = len(_SENTENCE_END.findall(text)), len(text.split())
        if sentences > MAX_SENTENCES:
            yield one.problem(
                (name,), f"{sentences} sentences", f"say it in at most {MAX_SENTENCES}"
            )
        if words > MAX_SPOKEN_WORDS:
            yield one.problem(
                (name,),
                f"{words} words take more than twenty seconds",
                f"say it in at most {MAX_SPOKEN_WORDS}; the rest belongs in details",
            )


def _duties(one: Located) -> Iterator[Problem]:
    entry = one.entry
    if entry.is_question and not entry.answer:
        yield one.problem(("answer",), "a topic has no answer", "add answer:")
    if entry.is_question and not entry.sources:
        yield one.problem(("sources",), "the answer has no source", "add sources:")
    is_distress = entry.topic == Service.DISTRESS
    if is_distress and (entry.kind is None or not entry.signals):
        yield one.problem(("kind",), "distress needs a kind and signals", "add kind: and signals:")
    if not is_distress and (entry.kind or entry.signals):
        yield one.problem(("topic",), "only DISTRESS has a kind and signals", "take them out")
    if entry.next.offer == "appointment" and entry.next.category is None:
        yield one.problem(("next",), "an appointment needs a category", "add category:")


def check_services(located: list[LocatedService], topics: Collection[str]) -> list[Problem]:
    """Everything wrong with electronic services whose shape is right."""
    problems: list[Problem] = []
    ids: dict[str, LocatedService] = {}
    for one in located:
        service = one.listed.service
        known = ids.setdefault(service.id, one)
        if known is not one:
            taken = f"the id is already taken at {known.file}:{known.line}"
            problems.append(one.problem("id", taken, "give it another one"))
        if service.topic is not None and service.topic not in topics:
            problems.append(
                one.problem("topic", f"no entry has the topic {service.topic}", "mend the code")
            )
        for name in _SPOKEN_OF_A_SERVICE:
            text: str = getattr(service, name)
            if len(_SENTENCE_END.findall(text)) != 1:
                problems.append(one.problem(name, "not one sentence", "say it in one, with a stop"))
        words = len(service.spoken.split())
        if words > MAX_SPOKEN_WORDS:
            problems.append(
                one.problem(
                    "does",
                    f"does, where and needs are {words} words, more than twenty seconds",
                    f"say them in at most {MAX_SPOKEN_WORDS}",
                )
            )
    return problems
