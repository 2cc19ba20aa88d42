"""Where one request ends and the next begins, in an utterance that holds several.

«Θέλω να δω τα ένσημά μου και να κλείσω ένα ραντεβού» is two requests; «με απέλυσαν και θέλω κάρτα
ανεργίας» is one with its reason. A part counts as a request of its own when it asks: with a
question word, a verb of wanting, or a command.
"""

from __future__ import annotations

from itertools import pairwise

from voicebot.understanding.words import Word, match_phrase, phrase_table, sounds, split

# At least so many words make a request.
_LEAST_WORDS = 2

_CONNECTIVES = phrase_table(
    "και επίσης, κι επίσης, επίσης, και ακόμα, κι ακόμα, και μετά, κι ύστερα, και ύστερα, "
    "και κάτι άλλο, κι ένα άλλο, και ένα άλλο, και δεύτερον, δεύτερον, και ταυτόχρονα, "
    "και παράλληλα, και με την ευκαιρία, και, κι"
)
_ASKING = phrase_table(
    "θέλω, θα ήθελα, ήθελα, θέλουμε, θα θέλαμε, να, πώς, πότε, πόσο, πόσα, πόση, πόσες, πού, τι, "
    "ποιος, ποια, ποιο, ποιες, ποιους, γιατί, μέχρι πότε, από πού, σε ποιον, μπορώ, μπορείτε, "
    "μπορείς, γίνεται, δικαιούμαι, δικαιούται, χρειάζομαι, χρειάζεται, κλείστε, κλείσε, δώστε, "
    "δώσε, πείτε, πες, βρείτε, βρες, ακυρώστε, ακύρωσε, αλλάξτε, άλλαξε, στείλτε, στείλε, συνδέστε"
)
# «Να» after these belongs to what was said before: «πρέπει να περιμένω και να μην πληρωθώ».
_DENIALS = sounds("μην μη δεν δε")


def requests(text: str) -> list[str]:
    """The parts of an utterance that each ask for something, in order.

    One part only, the whole text, when there is nothing to divide.

    >>> requests("θέλω να δω τα ένσημά μου και να κλείσω ένα ραντεβού")
    ['θέλω να δω τα ένσημά μου', 'να κλείσω ένα ραντεβού']
    >>> requests("με απέλυσαν και θέλω κάρτα ανεργίας")
    ['με απέλυσαν και θέλω κάρτα ανεργίας']
    """
    words = split(text)
    starts = [0, *_starts(words)]
    parts = [words[start:end] for start, end in pairwise([*starts, len(words)])]
    trimmed = [_without_connective(part) for part in parts]
    if len(parts) < 2 or not all(_asks(part) for part in trimmed):
        return [text]
    return [" ".join(word.raw for word in part) for part in trimmed]


def _starts(words: list[Word]) -> list[int]:
    """Where a new request begins: a connective, or a pause, with something that asks behind it."""
    found = []
    last = 0
    for index in range(1, len(words)):
        joint = match_phrase(words, index, _CONNECTIVES)
        begin = index + joint
        if not joint and not words[index].pause:
            continue
        if not match_phrase(words, begin, _ASKING):
            continue
        denied = begin + 1 < len(words) and words[begin + 1].sound in _DENIALS
        if denied or not _asks(_without_connective(words[last:index])):
            continue
        found.append(index)
        last = index
    return found


def _without_connective(words: list[Word]) -> list[Word]:
    return words[match_phrase(words, 0, _CONNECTIVES) :]


def _asks(words: list[Word]) -> bool:
    return len(words) >= _LEAST_WORDS and any(
        match_phrase(words, index, _ASKING) for index in range(len(words))
    )
