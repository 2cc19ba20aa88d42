"""Which names are likely where a caller is asked for theirs, and which go together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from enum import Enum, auto
from functools import lru_cache
from itertools import pairwise

from voicebot.hearing.constraint import Constraint, likely
from voicebot.hearing.recogniser import Hypothesis, Transcript
from voicebot.line.surnames import BEFORE_FATHERS, ENDINGS, FATHERS, MEN, STEMS, WOMEN
from voicebot.understanding.data import first_names
from voicebot.understanding.names import MALE_FORMS
from voicebot.understanding.text import fold

# Of the next word, together; the rest is for what people say around their name.
_FIRST_NAMES, _SURNAMES = 0.3, 0.3
# How much rarer a surname is that is made by rule than one that somebody wrote down.
_MADE = 0.2
# How much less likely a reading is in which names stand side by side that do not agree.
_DISAGREE = 0.1
_MENS = (
    ("όπουλος", "όπουλο", "οπούλου"),
    ("ίδης", "ίδη", "ίδου"),
    ("ιάδης", "ιάδη", "ιάδου"),
    ("ούδης", "ούδη", "ούδη"),
    *MALE_FORMS,
    ("ές", "έ", "έ"),
)


# How people say them in everyday speech, and how they are written: «Γιωργία» for «Γεωργία».
_SAID, _WRITTEN = ("γιωργ", "γιώργ"), ("γεωργ", "γεώργ")


class _Form(Enum):
    """Whose name, and in which case: «Γιώργος», «με λένε Γιώργο»; a woman's is the same in both."""

    MAN = auto()
    MAN_CALLED = auto()
    WOMAN = auto()


_ALL = frozenset(_Form)


@lru_cache(maxsize=1)
def spoken_names() -> Constraint:
    """First names and surnames in the forms that are said, with the shares of each kind."""
    shares: dict[str, float] = {}
    for kind_share, names in ((_FIRST_NAMES, _first_names()), (_SURNAMES, _surnames())):
        weights: dict[str, float] = {}
        for name, _, weight in names:
            weights[name] = max(weight, weights.get(name, 0.0))
        total = sum(weights.values())
        for name, weight in weights.items():
            shares[name] = max(shares.get(name, 0.0), kind_share * weight / total)
    said = {_as_said(name): share for name, share in shares.items()}
    both = {**said, **shares}
    total = sum(both.values())
    return likely(
        {name: share * (_FIRST_NAMES + _SURNAMES) / total for name, share in both.items()},
        name="name",
    )


def as_names(transcript: Transcript) -> Transcript:
    """Write names as they are written, and put readings first in which names side by side agree:
    «Άννα Παππά» before «Άννα Παππάς»."""
    alternatives = tuple(
        replace(one, text=_as_written(one.text)) for one in transcript.alternatives
    )
    transcript = replace(transcript, text=_as_written(transcript.text), alternatives=alternatives)
    if not alternatives or _agrees(alternatives[0].text):
        return transcript
    weighed = [
        one if _agrees(one.text) else replace(one, probability=one.probability * _DISAGREE)
        for one in alternatives
    ]
    total = sum(one.probability for one in weighed) or 1.0
    ordered = tuple(
        Hypothesis(one.text, one.probability / total)
        for one in sorted(weighed, key=lambda one: -one.probability)
    )
    return replace(transcript, text=ordered[0].text, alternatives=ordered)


def _as_said(name: str) -> str:
    for said, written in zip(_SAID, _WRITTEN, strict=True):
        name = name.replace(written, said)
    return name


@lru_cache(maxsize=1)
def _written() -> dict[str, str]:
    names = {name for name, _, _ in (*_first_names(), *_surnames())}
    said = {_as_said(name): name for name in names}
    return {name: written for name, written in said.items() if name not in names}


def _as_written(text: str) -> str:
    return " ".join(_written().get(word, word) for word in text.split())


def _agrees(text: str) -> bool:
    forms = _forms_of_names()
    words = [forms.get(word) for word in fold(text).split()]
    return all(not left or not right or left & right for left, right in pairwise(words))


@lru_cache(maxsize=1)
def _forms_of_names() -> dict[str, frozenset[_Form]]:
    found: dict[str, frozenset[_Form]] = {}
    for name, forms, _ in (*_first_names(), *_surnames()):
        folded = fold(name)
        found[folded] = found.get(folded, frozenset()) | forms
    return found


def _first_names() -> Iterator[tuple[str, frozenset[_Form], float]]:
    for name in first_names.MALE.lower().split():
        yield from _mans(name, 1.0, with_womans=False)
    for name in first_names.FEMALE.lower().split():
        yield name, frozenset({_Form.WOMAN}), 1.0


def _surnames() -> Iterator[tuple[str, frozenset[_Form], float]]:
    """Surnames in lower case, in the forms in which people say their own, with weights."""
    for name in MEN.lower().split():
        yield from _mans(name, 1.0, with_womans=True)
    for name in WOMEN.lower().split():
        yield name, frozenset({_Form.WOMAN, _Form.MAN_CALLED}), 1.0
    for father in FATHERS.lower().split():
        yield father, _ALL, 1.0
        for before in BEFORE_FATHERS:
            yield _joined(before, father), _ALL, _MADE
    for stem in STEMS.split():
        for man, called, woman in ENDINGS:
            yield stem + man, frozenset({_Form.MAN}), _MADE
            yield stem + called, frozenset({_Form.MAN_CALLED}), _MADE
            yield stem + woman, frozenset({_Form.WOMAN, _Form.MAN_CALLED}), _MADE


def _mans(
    name: str, weight: float, *, with_womans: bool
) -> Iterator[tuple[str, frozenset[_Form], float]]:
    """A man's name in the nominative and the accusative; of a surname also a woman's form, which
    often is the man's genitive."""
    for nominative, accusative, womans in _MENS:
        if name.endswith(nominative):
            stem = name[: -len(nominative)]
            yield name, frozenset({_Form.MAN}), weight
            yield stem + accusative, frozenset({_Form.MAN_CALLED}), weight
            if with_womans:
                yield stem + womans, frozenset({_Form.WOMAN, _Form.MAN_CALLED}), weight
            return
    yield name, _ALL if with_womans else frozenset({_Form.MAN, _Form.MAN_CALLED}), weight


def _joined(before: str, name: str) -> str:
    """«παπα» and a name in one word: «παπαγεωργίου», «παπαϊωάννου», «παπαθανασίου»."""
    if before.endswith("α") and name[0] == "α":
        return before[:-1] + name
    if before.endswith("α") and name[0] == "ι":
        return before + "ϊ" + name[1:]
    return before + name
