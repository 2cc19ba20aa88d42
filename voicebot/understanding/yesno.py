"""Yes, no, or neither, in the forms people use on the phone."""

from __future__ import annotations

from enum import StrEnum

from voicebot.understanding.data.answers import (
    ASKING,
    DO_IT,
    NO_PHRASES,
    ONLY_ALONE,
    UNCLEAR_PHRASES,
    YES_PHRASES,
)
from voicebot.understanding.parsed import Parsed, Span
from voicebot.understanding.words import (
    Word,
    distance,
    match_phrase,
    phrase_sounds,
    phrase_table,
    sound,
    sounds,
    split,
)


class Answer(StrEnum):
    """What a yes/no question was answered with. UNCLEAR: neither, or both."""

    YES = "yes"
    NO = "no"
    UNCLEAR = "unclear"


_TABLE: tuple[tuple[Answer, tuple[tuple[str, ...], ...]], ...] = (
    (Answer.UNCLEAR, phrase_sounds(*UNCLEAR_PHRASES)),
    (Answer.NO, phrase_sounds(*NO_PHRASES)),
    (Answer.YES, phrase_sounds(*YES_PHRASES)),
)
# Words of politeness, address and hesitation, which neither affirm nor deny.
_EMPTY = sounds(
    "α ε εε εμ μμ αχ ω ρε καλε παιδι μου κοπελα αγορι κυριε κυρια φιλε ευχαριστω παρακαλω πολυ "
    "σας ευχαριστουμε λοιπον ξερω γω βρε μωρε το τα να και κι ειναι μα αν αλλα γιατι ακου ακουστε "
    "για χαρη αγαπη χρυση χρυσο ετσι"
)
_STRONG_NO = sounds("όχι μπα λάθος δεν δε μη μην no")
_NEGATIONS = sounds("δεν δε μη μην")
_STRONG_YES = sounds("ναι μάλιστα βεβαίως αμέ σωστά ακριβώς yes")
_BUT = sounds("αλλά όμως μόνο")
_ONLY_ALONE = frozenset(phrase_table(ONLY_ALONE))
# Only the accent tells «ποτέ» (never) from «πότε» (when).
_ACCENTED = {"ποτέ": Word("ουδεποτε", sound("ουδέποτε"), "ποτέ")}
_LEAST_SOUNDS, _LONG_SOUNDS = 6, 10
_SHORT, _MOST_WORDS = 3, 6
_DOUBT = sounds("σίγουρος σίγουρη")
_LET = sound("ας")
_DO_IT = sounds(DO_IT)
_ASKING = sounds(ASKING)
_CERTAIN = 0.97
_LEANING = 0.8
_WEAK = 0.6


def parse_yes_no(text: str) -> list[Parsed[Answer]]:
    """YES, NO or UNCLEAR with a confidence; never more than one, empty only for no words.

    An utterance that says more than yes or no ("ναι, αλλά την Τρίτη") keeps its answer with a
    lower confidence, so that the dialogue can look at the rest.

    >>> [(p.value.value, p.confidence) for p in parse_yes_no("ναι ναι, βεβαίως")]
    [('yes', 0.97)]
    >>> [p.value.value for p in parse_yes_no("όχι, όχι, εντάξει, δεν θέλω")]
    ['no']
    >>> [p.value.value for p in parse_yes_no("δεν ξέρω")]
    ['unclear']
    """
    words = [_ACCENTED.get(word.raw.lower(), word) for word in split(text)]
    if not words:
        return []
    found = _phrases(words)
    answers = [answer for answer, _, _ in found]
    covered = sum(length for _, _, length in found)
    rest = len(words) - covered - sum(_is_empty(words, found))
    span = Span(0, len(words) - 1)
    answer, certainty = _weigh(words, found, answers)
    more = rest > 0 and all(
        tuple(word.sound for word in words[start : start + length]) in _ONLY_ALONE
        for _, start, length in found
    )
    if not found or more:
        ruled = _by_rule(words)
        if ruled is not None:
            return [Parsed(ruled, span, _WEAK if len(words) > _SHORT else _LEANING)]
        whole = None if more else _whole(words)
        return [Parsed(whole or Answer.UNCLEAR, span, _LEANING)]
    if answer is not Answer.UNCLEAR and rest > 0:
        certainty *= max(0.4, 1 - 0.1 * rest)
    return [Parsed(answer, span, round(certainty, 3))]


_Found = tuple[Answer, int, int]


def _phrases(words: list[Word]) -> list[_Found]:
    """Known phrases from left to right, longest first: (answer, start, length)."""
    found: list[_Found] = []
    position = 0
    while position < len(words):
        best: _Found | None = None
        for answer, phrases in _TABLE:
            length = match_phrase(words, position, phrases)
            if length and (best is None or length > best[2]):
                best = (answer, position, length)
        if best is None:
            nearly = _nearly(words[position])
            if nearly is not None:
                best = (nearly, position, 1)
        if best is None:
            position += 1
            continue
        found.append(best)
        position += best[2]
    return found


def _by_rule(words: list[Word]) -> Answer | None:
    """A short sentence that orders or refuses: «κλείσε το», «ας το βάλουμε», «δε με λένε έτσι»."""
    said = {word.sound for word in words}
    if len(words) > _MOST_WORDS or said & _ASKING:
        return None
    if said & _NEGATIONS:
        return Answer.NO
    if words[0].sound == _LET or said & _DO_IT:
        return Answer.YES
    return None


def _whole(words: list[Word]) -> Answer | None:
    """A misheard or joined short answer: the whole utterance beside the known phrases."""
    said = "".join(word.sound for word in words if word.sound not in _EMPTY)
    if len(said) < _LEAST_SOUNDS:
        return None
    limit = 1 if len(said) < _LONG_SOUNDS or len(words) > _SHORT else 2
    ranked = [
        (distance(said, "".join(phrase), limit), answer)
        for answer, phrases in _TABLE
        for phrase in phrases
    ]
    gap, answer = min(ranked, key=lambda item: item[0])
    return answer if gap <= limit else None


def _nearly(word: Word) -> Answer | None:
    """A misheard «μάλιστα», «βεβαίως», «εντάξει» …: long single words, one letter off."""
    if len(word.sound) < 6:
        return None
    for answer, phrases in _TABLE:
        for phrase in phrases:
            if len(phrase) == 1 and len(phrase[0]) >= 6 and distance(word.sound, phrase[0], 1) <= 1:
                return answer
    return None


def _is_empty(words: list[Word], found: list[_Found]) -> list[bool]:
    taken = {i for _, start, length in found for i in range(start, start + length)}
    return [i not in taken and word.sound in _EMPTY for i, word in enumerate(words)]


def _weigh(words: list[Word], found: list[_Found], answers: list[Answer]) -> tuple[Answer, float]:
    if not found:
        return Answer.UNCLEAR, _LEANING
    kinds = set(answers)
    if kinds == {Answer.UNCLEAR}:
        return Answer.UNCLEAR, _CERTAIN
    if {word.sound for word in words} & _DOUBT:
        return Answer.UNCLEAR, _LEANING
    decided = [a for a in answers if a is not Answer.UNCLEAR]
    hesitant = Answer.UNCLEAR in kinds
    said = {word.sound for word in words}
    if len(set(decided)) == 1:
        strong = said & (_STRONG_YES if decided[0] is Answer.YES else _STRONG_NO)
        certainty = _CERTAIN if strong or len(words) <= 3 else _LEANING
        return decided[0], certainty * (0.7 if hesitant else 1.0)
    if hesitant:
        return Answer.UNCLEAR, _LEANING
    # Both were said: a denial outweighs a polite "fine".
    if said & _BUT and words[0].sound in _STRONG_YES:
        return Answer.UNCLEAR, _LEANING  # «ναι, αλλά όχι αυτό»: what is wanted must be asked
    strong_no = bool(said & _STRONG_NO)
    strong_yes = bool(said & _STRONG_YES)
    if strong_no and not strong_yes:
        return Answer.NO, _LEANING
    if strong_yes and not strong_no:
        return Answer.YES, _LEANING
    if decided[0] is decided[-1]:
        return decided[0], _WEAK
    if words[0].sound in _NEGATIONS:
        return Answer.NO, _WEAK
    return _changed_mind(words, found)


def _changed_mind(words: list[Word], found: list[_Found]) -> tuple[Answer, float]:
    """«ναι… όχι, λάθος» and «όχι, ναι, σωστά»: the last clear word counts, said with doubt."""
    last = found[-1][0]
    if last is Answer.UNCLEAR:
        return Answer.UNCLEAR, _LEANING
    return last, _WEAK
