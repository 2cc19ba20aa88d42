"""Digit strings as Greeks dictate them: one by one, in pairs, in triples, mixed, corrected.

All segmentations are kept with a cost and the best first, because only the length or a checksum
can tell "τριάντα, τρία" (30 3) from "τριάντα τρία" (33). Self-corrections ("όχι, συγγνώμη,
τέσσερα", "πάμε από την αρχή", "το τελευταίο είναι εννιά") replace what they correct.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Sequence

from voicebot.understanding.corrections import Segment, cut_at_corrections
from voicebot.understanding.numbers import (
    Role,
    confidence,
    split_joined,
    spoken_numbers,
    word_readings,
)
from voicebot.understanding.parsed import Parsed, Span
from voicebot.understanding.words import Word, sound, sounds, split

_FILLERS = sounds(
    "ε εε εμ μμ αα α το τα ο η του και κι μετα υστερα λοιπον ειναι ναι παυλα τελεια κομμα κενο "
    "παλι επισης ωραια συν αριθμος αριθμο κινητο τηλεφωνο σταθερο αφιμι αμκα μου στο για ξανα "
    "ψηφια ψηφιο νουμερο λεω γραψτε γραφετε σημειωστε σας ορίστε εχω"
)
_TIMES = sound("φορες")
_ZERO_LETTER = sound("ο")

_UNKNOWN_COST, _UNKNOWN_INSIDE_COST = 0.15, 0.5
_GARBLED_COST, _GARBLED_INSIDE_COST = 0.6, 1.6
_SPLIT_COST = 0.6
_SPLIT_AT_PAUSE_COST = 0.05
_SPLIT_TEEN_COST = 0.35
_MOST_HYPOTHESES = 600
_MOST_WHEN_CORRECTED = 60
_LONGEST = 32


def parse_digits(
    text: str,
    lengths: Collection[int] = (),
    valid: Callable[[str], bool] | None = None,
    *,
    limit: int = 12,
) -> list[Parsed[str]]:
    """Digit strings that a text can mean, best first.

    Args:
        text: the utterance, words or figures or both.
        lengths: the numbers of digits that are wanted; empty for any.
        valid: a test (a checksum) whose passing strings come before all others.
        limit: how many readings to give at most.

    >>> [p.value for p in parse_digits("διακόσια δέκα πενήντα δύο ογδόντα πέντε", (7,))][:1]
    ['2105285']
    >>> [p.value for p in parse_digits("ένα δύο τρία, όχι, συγγνώμη, τέσσερα", (3,))]
    ['124']
    """
    words = split_joined(split(text))
    segments = cut_at_corrections(words)
    if not segments:
        return []
    most = max(lengths) if lengths else _LONGEST
    found = _combine([(s, _readings(s.words, most)) for s in segments], lengths)
    wanted = [(d, c) for d, c in found.items() if d and (not lengths or len(d) in lengths)]
    wanted.sort(key=lambda item: (valid is not None and not valid(item[0]), item[1], item[0]))
    span = _number_span(words)
    return [Parsed(digits, span, confidence(cost)) for digits, cost in wanted[:limit]]


def _readings(words: Sequence[Word], most: int) -> dict[str, float]:
    """Every digit string of at most `most` digits that the words can mean, with its cost."""
    table: list[dict[str, float]] = [{} for _ in range(len(words) + 1)]
    table[0] = {"": 0.0}
    for position in range(len(words)):
        here = table[position]
        if not here:
            continue
        if len(here) > _MOST_HYPOTHESES:
            here = dict(sorted(here.items(), key=lambda item: item[1])[:_MOST_HYPOTHESES])
        for digits, end, cost in _pieces(words, position):
            there = table[end]
            for before, so_far in here.items():
                if len(before) + len(digits) > most:
                    continue
                key = before + digits
                total = so_far + cost
                if total < there.get(key, math.inf):
                    there[key] = total
    return table[-1]


def _pieces(words: Sequence[Word], start: int) -> list[tuple[str, int, float]]:
    """What can be read at one position: (digits, next position, cost)."""
    word = words[start]
    if word.is_number:
        return [(word.text, start + 1, 0.0)]
    pieces = _repetitions(words, start)
    numbers = spoken_numbers(words, start)
    exact = any(reading.cost < 0.5 for reading in word_readings(word.sound))
    longest = max((n.end for n in numbers if n.cost < 1), default=start + 1)
    for number in numbers:
        cost = number.cost
        if number.end < longest:
            following = words[number.end]
            if following.pause:
                cost += _SPLIT_AT_PAUSE_COST
            elif number.value == 10:
                cost += _SPLIT_TEEN_COST
            else:
                cost += _SPLIT_COST + (
                    0.4 if number.value == 100 and word.text == "εκατον" else 0.0
                )
                cost -= 0.1 if number.value > 100 else 0.0
        pieces.append((str(number.value), number.end, cost))
    for reading in word_readings(word.sound):
        if len(reading.atoms) > 1:
            apart = "".join(str(atom.value) for atom in reading.atoms)
            pieces.append((apart, start + 1, reading.cost + _SPLIT_COST))
        elif reading.atoms[0].role is Role.TEEN and reading.atoms[0].value > 12:
            apart = "10" + str(reading.atoms[0].value - 10)
            pieces.append((apart, start + 1, reading.cost + 1.2))
        elif reading.atoms[0].role is Role.PLURAL_DIGIT:
            pieces.append((str(reading.atoms[0].value), start + 1, reading.cost + 1.0))
    if word.sound == _ZERO_LETTER and start > 0 and word.text == "ο":
        pieces.append(("0", start + 1, 1.5))
    if not exact:
        pieces.append(("", start + 1, _skip_cost(words, start)))
    elif word_readings(word.sound)[0].atoms[0].role in (Role.TIMES, Role.THOUSANDS):
        pieces.append(("", start + 1, 1.0))
    return pieces


def _skip_cost(words: Sequence[Word], position: int) -> float:
    """Cost of taking a word for none of the digits: dear for a garbled one among digits."""
    skeleton = words[position].sound
    if skeleton in _FILLERS:
        return 0.0
    before = position > 0 and bool(word_readings(words[position - 1].sound))
    after = position + 1 == len(words) or bool(word_readings(words[position + 1].sound))
    inside = before and after
    if word_readings(skeleton):
        return _GARBLED_INSIDE_COST if inside else _GARBLED_COST
    return _UNKNOWN_INSIDE_COST if inside else _UNKNOWN_COST


def _repetitions(words: Sequence[Word], start: int) -> list[tuple[str, int, float]]:
    """«διπλό τέσσερα», «δύο μηδενικά», «τρεις φορές το πέντε» at one position."""
    pieces: list[tuple[str, int, float]] = []
    for reading in word_readings(words[start].sound):
        if len(reading.atoms) != 1:
            continue
        count = reading.atoms[0]
        if count.role is Role.TIMES:
            pieces += _repeated(words, start + 1, count.value, reading.cost, plural=False)
        elif count.role is Role.UNIT and 2 <= count.value <= 7:
            after = start + 1
            if after < len(words) and words[after].sound == _TIMES:
                pieces += _repeated(words, after + 1, count.value, reading.cost, plural=False)
            else:
                pieces += _repeated(words, after, count.value, reading.cost, plural=True)
    return pieces


def _repeated(
    words: Sequence[Word], start: int, times: int, cost: float, *, plural: bool
) -> list[tuple[str, int, float]]:
    while start < len(words) and not plural and words[start].text in ("το", "τα", "ο", "τον"):
        start += 1
    if start >= len(words):
        return []
    if words[start].is_number and not plural:
        return [(words[start].text * times, start + 1, cost)]
    pieces = []
    for reading in word_readings(words[start].sound):
        atom = reading.atoms[0]
        if len(reading.atoms) > 1 or atom.role in (Role.TIMES, Role.THOUSANDS):
            continue
        if plural != (atom.role is Role.PLURAL_DIGIT) and plural:
            continue
        if atom.value <= 99:
            pieces.append((str(atom.value) * times, start + 1, cost + reading.cost))
    return pieces


def _combine(
    parts: Sequence[tuple[Segment, dict[str, float]]], lengths: Collection[int]
) -> dict[str, float]:
    """Apply the corrections: each later segment replaces the end of what stood before it."""
    (_, whole), *rest = parts
    if not rest:
        return whole
    result = _cheapest(whole)
    earlier: dict[str, float] = {}
    for number, (segment, corrected) in enumerate(rest):
        final = number == len(rest) - 1
        merged: dict[str, float] = {}
        for before, cost in result.items():
            for after, more in _cheapest(corrected).items():
                # «… οχτώ, συγγνώμη, εφτά όχι οχτώ»: «όχι» repeats the error it corrected.
                denied = segment.bare_no and any(
                    len(said) == len(before) and said.endswith(after) for said in earlier
                )
                if denied and before not in merged:
                    merged[before] = cost + more + 0.05
                for digits, extra in _replace(before, after, segment, lengths if final else ()):
                    total = cost + more + extra
                    if total < merged.get(digits, math.inf):
                        merged[digits] = total
        earlier, result = result, merged if final else _cheapest(merged)
    return result


def _replace(
    before: str, after: str, segment: Segment, lengths: Collection[int]
) -> list[tuple[str, float]]:
    """The strings that `before`, corrected by `after`, can mean."""
    if segment.restarts:
        return [(after or before, 0.0)]
    if not before or not after:
        return [(before + after, 0.0)]
    options: dict[str, float] = {}
    kept_by_length = {length - len(after) for length in lengths}
    for kept in range(len(before) + 1):
        dropped = len(before) - kept
        if lengths and kept not in kept_by_length:
            continue
        if dropped == len(after):
            cost = 0.1
        elif dropped == 0:
            cost = 1.0  # the word was no correction at all ("ναι, όχι μόνο…")
        elif kept == 0:
            cost = 0.3 if len(after) >= len(before) else 0.9
        elif lengths and dropped == 1:
            cost = 0.15  # corrected one digit and went on
        elif dropped <= 3:
            cost = 0.5
        else:
            continue
        options[before[:kept] + after] = cost
    # «… εφτά, όχι οχτώ»: what follows a bare «όχι» may also be what is denied.
    if segment.bare_no and (not lengths or len(before) in lengths):
        options.setdefault(before, 0.6)
    return list(options.items())


def _cheapest(hypotheses: dict[str, float]) -> dict[str, float]:
    return dict(sorted(hypotheses.items(), key=lambda item: item[1])[:_MOST_WHEN_CORRECTED])


def _number_span(words: Sequence[Word]) -> Span:
    positions = [
        i for i, word in enumerate(words) if word.is_number or word_readings(word.sound)
    ] or [0]
    return Span(positions[0], positions[-1])
