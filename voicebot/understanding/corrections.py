"""Where a caller corrects what was just said: utterances cut at «όχι, συγγνώμη» and the like."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from voicebot.understanding.words import Word, match_phrase, phrase_sounds, sound


@dataclass(frozen=True)
class Segment:
    """Words between corrections.

    Attributes:
        words: the words, without waiting phrases («ένα λεπτό»).
        restarts: everything said before is to be forgotten («πάμε από την αρχή»).
        bare_no: only «όχι» stands before it, which may also deny what follows.
    """

    words: tuple[Word, ...]
    restarts: bool = False
    bare_no: bool = False


_RESTARTS = phrase_sounds(
    "πάμε από την αρχή",
    "πάμε απ την αρχή",
    "ξανά από την αρχή",
    "πάλι από την αρχή",
    "από την αρχή",
    "απ την αρχή",
    "από αρχής",
    "να το ξαναπώ",
    "θα το ξαναπώ",
    "το ξαναλέω",
    "ας το ξαναπώ",
    "σας το ξαναλέω",
    "να το πω αλλιώς",
    "σβήστε το",
    "σβήσ το",
    "ξεχάστε το",
    "ακυρώστε το",
    "άκυρο",
    "ξανά",
)
_CORRECTIONS = phrase_sounds(
    "με συγχωρείτε",
    "θέλω να πω",
    "ήθελα να πω",
    "έκανα λάθος",
    "είπα λάθος",
    "κάνω λάθος",
    "λάθος έκανα",
    "λάθος είπα",
    "όχι συγγνώμη",
    "συγγνώμη λάθος",
    "όχι λάθος",
    "το τελευταίο ψηφίο είναι",
    "το τελευταίο ψηφίο",
    "το τελευταίο είναι",
    "το τελευταίο",
    "τα τελευταία δύο είναι",
    "τα τελευταία τρία είναι",
    "τα τελευταία τέσσερα είναι",
    "τα δύο τελευταία είναι",
    "τα τρία τελευταία είναι",
    "τα τέσσερα τελευταία είναι",
    "τα δύο τελευταία",
    "τα τρία τελευταία",
    "τα τελευταία",
    "συγγνώμη",
    "συγνώμη",
    "σόρι",
    "sorry",
    "παρντόν",
    "λάθος",
    "διόρθωση",
    "διορθώνω",
    "μάλλον",
    "εννοώ",
    "όχι",
)
_WAITING = phrase_sounds(
    "ένα λεπτό",
    "ένα λεπτάκι",
    "μισό λεπτό",
    "μισό λεπτάκι",
    "ένα δευτερόλεπτο",
    "δύο λεπτά",
    "μία στιγμή",
    "μια στιγμή",
    "μια στιγμούλα",
    "εννιά ψηφία",
    "εννέα ψηφία",
    "δέκα ψηφία",
    "έντεκα ψηφία",
    "πέντε ψηφία",
    "οχτώ ψηφία",
    "μία μία",
    "ένα ένα",
)
_NO = sound("όχι")
_ONE_BY_ONE = {(sound("ένα"), sound("ένα")), (sound("μία"), sound("μία"))}


def cut_at_corrections(words: Sequence[Word]) -> list[Segment]:
    """Segments of an utterance; the first restarts nothing, each later one corrects.

    Segments without words are left out; a correction before any word corrects nothing.
    """
    segments: list[Segment] = []
    current: list[Word] = []
    restarts = False
    markers: list[str] = []

    def close() -> None:
        if current:
            bare_no = markers == [_NO]
            segments.append(Segment(tuple(current), restarts, bare_no))

    position = 0
    while position < len(words):
        waiting = match_phrase(words, position, _WAITING)
        if waiting and not _is_digits_pair(words, position, waiting):
            position += waiting
            continue
        restart = match_phrase(words, position, _RESTARTS)
        correction = match_phrase(words, position, _CORRECTIONS)
        if not restart and not correction:
            current.append(words[position])
            position += 1
            continue
        if current:
            close()
            current = []
            restarts = False
            markers = []
        restarts = restarts or restart > 0
        length = max(restart, correction)
        markers += [word.sound for word in words[position : position + length]]
        position += length
    close()
    return segments


def _is_digits_pair(words: Sequence[Word], start: int, length: int) -> bool:
    """«ένα ένα» dictates two digits unless it comes first («ένα ένα να σας τα πω»)."""
    said = tuple(word.sound for word in words[start : start + length])
    return said in _ONE_BY_ONE
