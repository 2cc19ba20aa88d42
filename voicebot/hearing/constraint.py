"""What the dialogue expects to hear, as a small grammar over words.

A `Constraint` is an acyclic finite automaton whose arcs carry words. The line builds one from the
value that the dialogue asks for (a closed list, a number of some length, a sequence of parts);
the recogniser then listens for those only, and says with its confidence whether the caller said
something else.

>>> town = phrases(["Πάτρα", "Πάρος"], name="town")
>>> [arc.text for arc in town.arcs]
['Πάτρα', 'Πάρος']
>>> asked = sequence(optional(phrases(["στην"])), town)
>>> sorted(asked.sentences())
['Πάρος', 'Πάτρα', 'στην Πάρος', 'στην Πάτρα']
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from voicebot.hearing import greek_numbers


@dataclass(frozen=True)
class Arc:
    """One word or phrase between two states; `weight` is a natural log-probability (≤ 0)."""

    source: int
    target: int
    text: str
    weight: float = 0.0


@dataclass(frozen=True)
class Constraint:
    """An automaton: state 0 is the start and has no incoming arcs; arcs run to higher states.

    A loose one is no grammar: its arcs are words that are likely now, with their shares of the
    next word as weights. Everything else may be said as well, and a word like them that is not
    among them is written by its sounds.

    Build it with `phrases`, `digits`, `sequence`, `any_of`, `optional` and `likely`.
    """

    states: int
    arcs: tuple[Arc, ...]
    finals: frozenset[int]
    name: str = ""
    is_loose: bool = False

    def __post_init__(self) -> None:
        # Large ones are keys of caches; counting their arcs each time would cost milliseconds.
        object.__setattr__(self, "_hash", hash((self.states, self.arcs, self.name)))
        for arc in self.arcs:
            if not 0 <= arc.source < arc.target < self.states:
                raise ValueError(f"constraint {self.name!r}: {arc} does not run forward")
            if not arc.text.strip():
                raise ValueError(f"constraint {self.name!r}: an arc without words")
        if not self.finals or not all(0 <= final < self.states for final in self.finals):
            raise ValueError(f"constraint {self.name!r}: no final state that it has")

    def __hash__(self) -> int:
        return int(self.__dict__["_hash"])

    @property
    def is_list(self) -> bool:
        """Whether every arc is a whole answer (a closed list)."""
        return all(arc.source == 0 and arc.target in self.finals for arc in self.arcs)

    def sentences(self, limit: int = 10_000) -> Iterator[str]:
        """Enumerate what it accepts, at most `limit` of them."""
        leaving: dict[int, list[Arc]] = {}
        for arc in self.arcs:
            leaving.setdefault(arc.source, []).append(arc)
        stack: list[tuple[int, tuple[str, ...]]] = [(0, ())]
        while stack and limit > 0:
            state, words = stack.pop()
            if state in self.finals and words:
                limit -= 1
                yield " ".join(words)
            stack.extend((arc.target, (*words, arc.text)) for arc in leaving.get(state, ()))


def phrases(texts: Iterable[str] | Mapping[str, float], name: str = "") -> Constraint:
    """Expect one of a closed list; a mapping gives each phrase a relative weight (> 0).

    Raises:
        ValueError: the list is empty, or a weight is not positive.
    """
    weights = dict(texts) if isinstance(texts, Mapping) else dict.fromkeys(texts, 1.0)
    if not weights:
        raise ValueError(f"constraint {name!r}: an empty list of phrases")
    if min(weights.values()) <= 0:
        raise ValueError(f"constraint {name!r}: weights must be positive")
    top = max(weights.values())
    arcs = tuple(Arc(0, 1, text, math.log(weight / top)) for text, weight in weights.items())
    return Constraint(2, arcs, frozenset({1}), name)


def likely(shares: Mapping[str, float], name: str = "") -> Constraint:
    """Expect free speech in which some words are likely; a loose constraint.

    Args:
        shares: of the next word, each above 0, together at most 1.
        name: for messages.

    Raises:
        ValueError: there are no words, or shares do not fit.
    """
    if not shares:
        raise ValueError(f"constraint {name!r}: no likely words")
    if min(shares.values()) <= 0 or sum(shares.values()) > 1:
        raise ValueError(f"constraint {name!r}: shares must be positive and at most 1 together")
    arcs = tuple(Arc(0, 1, text, math.log(share)) for text, share in shares.items())
    return Constraint(2, arcs, frozenset({1}), name, is_loose=True)


def optional(part: Constraint) -> Constraint:
    """Accept the part, or nothing in its place."""
    return Constraint(part.states, part.arcs, part.finals | {0}, part.name)


def sequence(*parts: Constraint, name: str = "") -> Constraint:
    """Accept one part after the other."""
    if not parts:
        raise ValueError(f"constraint {name!r}: a sequence of nothing")
    whole = parts[0]
    for part in parts[1:]:
        shift = whole.states - 1  # the part's own start is not copied: state s becomes s + shift
        arcs = list(whole.arcs)
        for arc in part.arcs:
            sources = sorted(whole.finals) if arc.source == 0 else [arc.source + shift]
            arcs += [Arc(s, arc.target + shift, arc.text, arc.weight) for s in sources]
        finals = frozenset(final + shift for final in part.finals if final)
        if 0 in part.finals:
            finals |= whole.finals
        whole = Constraint(whole.states + part.states - 1, tuple(arcs), finals)
    return Constraint(whole.states, whole.arcs, whole.finals, name)


def any_of(*parts: Constraint, name: str = "") -> Constraint:
    """Accept any one of the parts."""
    if not parts:
        raise ValueError(f"constraint {name!r}: a choice of nothing")
    arcs: list[Arc] = []
    finals: set[int] = set()
    shift = 0
    for part in parts:
        for arc in part.arcs:
            source = arc.source + shift if arc.source else 0
            arcs.append(Arc(source, arc.target + shift, arc.text, arc.weight))
        finals.update(final + shift if final else 0 for final in part.finals)
        shift += part.states - 1
    return Constraint(shift + 1, tuple(arcs), frozenset(finals), name)


def digits(
    lengths: Iterable[int], lead_ins: Iterable[str] = greek_numbers.LEAD_INS, name: str = "digits"
) -> Constraint:
    """Expect a string of digits said singly, in pairs, in triples or mixed.

    The text found has number words («εξήντα εννιά σαράντα πέντε …»); parsing them is not the
    recogniser's work. Where the same words can be cut in two ways («τριάντα τρία»: 33 or 30 3),
    the words are the same.

    Args:
        lengths: how many digits the whole may have, each 1 to 30.
        lead_ins: phrases that may come first («είναι το»).
    """
    wanted = sorted(set(lengths))
    if not wanted or wanted[0] < 1 or wanted[-1] > 30:
        raise ValueError(f"constraint {name!r}: lengths must lie in 1 to 30, not {wanted}")
    longest = wanted[-1]
    # State of n digits said is n * 4; n * 4 + 1 has a ten that may take a unit; + 2 a hundred
    # that may take what is under it; + 3 a ten after a hundred.
    arcs: list[Arc] = []

    def add(source: int, digits_more: int, words: Iterable[str], inner: int = 0) -> None:
        target = (source // 4 + digits_more) * 4 + inner
        if target // 4 <= longest:
            arcs.extend(Arc(source, target, word) for word in words)

    for said in range(longest):
        here = said * 4
        add(here, 1, greek_numbers.UNITS)
        add(here, 2, greek_numbers.TEENS)
        add(here, 2, greek_numbers.DOUBLED)
        add(here, 3, greek_numbers.TRIPLED)
        add(here, 2, greek_numbers.TENS)
        add(here, 3, greek_numbers.HUNDREDS)
        if said + 2 <= longest:
            arcs.extend(Arc(here, (said + 1) * 4 + 1, word) for word in greek_numbers.TENS)
            add((said + 1) * 4 + 1, 1, greek_numbers.UNITS_BUT_ZERO)
        if said + 3 <= longest:
            hundred, ten = (said + 1) * 4 + 2, (said + 2) * 4 + 3
            arcs.extend(Arc(here, hundred, word) for word in greek_numbers.HUNDREDS_WITH_REST)
            add(hundred, 2, greek_numbers.UNITS_BUT_ZERO)
            add(hundred, 2, greek_numbers.TEENS)
            add(hundred, 2, greek_numbers.TENS)
            arcs.extend(Arc(hundred, ten, word) for word in greek_numbers.TENS)
            add(ten, 1, greek_numbers.UNITS_BUT_ZERO)
    finals = frozenset(n * 4 for n in wanted)
    core = Constraint(longest * 4 + 1, tuple(dict.fromkeys(arcs)), finals, name)
    leads = list(lead_ins)
    return sequence(optional(phrases(leads)), core, name=name) if leads else core
