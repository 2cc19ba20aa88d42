"""Written Greek to words that a voice can say.

    >>> normalise("Το ΑΦΜ σας είναι 094 345 678; Ραντεβού: Τρίτη 1/12, 10:30.")
    'Το αφιμί σας είναι μηδέν εννέα τέσσερα … τρία τέσσερα πέντε … έξι επτά οκτώ? Ραντεβού, Τρίτη \
πρώτη Δεκεμβρίου, δέκα και μισή.'

The output holds Greek letters, spaces, `. , ? !` and the pause mark `…`, nothing else.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import Final

from voicebot.speaking.abbreviations import expand_abbreviations
from voicebot.speaking.acronyms import GREEK_LETTERS, say_acronyms
from voicebot.speaking.dates import say_dates
from voicebot.speaking.identifiers import say_dated_numbers, say_identifiers
from voicebot.speaking.numerals import digits
from voicebot.speaking.quantities import say_letter_ordinals, say_quantities
from voicebot.speaking.sentences import PAUSE
from voicebot.speaking.spelling import say_addresses, say_latin
from voicebot.speaking.times import say_times

# Latin capitals and small letters that look Greek, inside an otherwise Greek word.
_LOOKALIKES: Final = str.maketrans("ABEZHIKMNOPTYXaeiovxyu", "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧαειονχυυ")
_MIXED_WORD = re.compile(r"[A-Za-zΑ-Ωα-ωΆ-Ώά-ώ]+")
_LOOKALIKE_CAPITALS: Final = frozenset("ABEZHIKMNOPTYX")
_ANY_ACCENT: Final = {"\u0300", "\u0301", "\u0342", "\u0384"}
_KEPT_MARKS: Final = {"\u0301", "\u0308"}
_PRIME: Final = str.maketrans(dict.fromkeys("΄ʹʼ’‘`´′‵", "'"))
_SIGNS: Final = {
    "&": " και ", "+": " συν ", "=": " ίσον ", "@": " παπάκι ", "#": " δίεση ", "×": " επί ",
    "§": " παράγραφος ", "°": " βαθμοί ", "€": " ευρώ ", "$": " δολάρια ", "%": " τοις εκατό ",
    "£": " λίρες ", "<": " κάτω από ", ">": " πάνω από ", "≥": " τουλάχιστον ", "≤": " έως ",
    "~": " περίπου ", "→": ", ", "_": " ",
}  # fmt: skip
_OR_BETWEEN_WORDS = re.compile(r"(?<=[^\W\d_])\s*/\s*(?=[^\W\d_])")
_AND_OR = re.compile(r"\bκαι\s*/\s*ή\b", re.IGNORECASE)
# «σ' αυτό», «τ' όνομα»: one sound with the word that follows.
_ELISION = re.compile(r"(?<!\w)([σμτνθκξΣΜΤΝΘΚΞ])'\s*(?=[α-ωά-ώ])")
_ELISION_OF_WORD = re.compile(r"(?<=\w)'\s*(?=\w)|(?<!\w)'(?=\w)|(?<=\w)'")
_SPOKEN: Final = re.compile(rf"[^α-ωΑ-ΩάέήίόύώϊϋΐΰΆΈΉΊΌΎΏΪΫ .,?!{PAUSE}\n]")
_LETTER_BEFORE_NUMBER = re.compile(r"(?<!\w)(?!Α21(?!\d))([Α-Ω])(?=\d)")
_LETTER_THEN_DIGIT = re.compile(r"(?<=[^\W\d_])(?=\d)")
_LONE_CAPITAL = re.compile(r"(?<![\w])([Β-ΔΖΘΚ-ΝΞΠ-Ψ])(?![\w'.])")


def _fold_unicode(text: str) -> str:
    text = text.replace("½", " 1/2").replace("¼", " 1/4").replace("¾", " 3/4")
    text = text.replace("…", ". ").replace("...", ". ").replace("..", ". ")
    text = unicodedata.normalize("NFKC", text.translate(_PRIME)).replace("⁄", "/")
    folded = []
    for mark in unicodedata.normalize("NFD", text):
        if not unicodedata.combining(mark) or mark in _KEPT_MARKS:
            folded.append(mark)
        elif mark in _ANY_ACCENT:
            folded.append("\u0301")  # polytonic accents all sound alike
    return re.sub(r"[^\S\n]+", " ", unicodedata.normalize("NFC", "".join(folded)))


def _fold_lookalikes(text: str) -> str:
    def fold(match: re.Match[str]) -> str:
        word = match[0]
        greek = sum("Ͱ" <= letter <= "Ͽ" for letter in word)
        latin = len(word) - greek
        if latin and greek and (greek >= latin or latin - greek < 3):
            return word.translate(_LOOKALIKES)
        return word

    return _MIXED_WORD.sub(fold, text)


def _join_dotted_acronyms(text: str) -> str:
    """«Α.Φ.Μ.» to «ΑΦΜ»."""
    return re.sub(
        r"(?<![\w.])(?:[Α-Ω]\.\s?){2,}(?:[Α-Ω](?!\w))?",
        lambda match: (
            re.sub(r"[.\s]", "", match[0])
            + ("." if re.match(r"\s*$", match.string[match.end() :]) else "")
            + (" " if match[0].endswith(" ") else "")
        ),
        text,
    )


def _part_letters_from_numbers(text: str) -> str:
    """«Ε5» to «έψιλον 5», «COVID19» to «COVID 19»."""
    text = _LETTER_BEFORE_NUMBER.sub(lambda match: f"{GREEK_LETTERS[match[1]]} ", text)
    return _LETTER_THEN_DIGIT.sub(" ", text)


def _say_signs(text: str) -> str:
    text = _AND_OR.sub("και ή", text)
    text = _OR_BETWEEN_WORDS.sub(" ή ", text)
    text = _ELISION.sub(r"\1", text)
    text = _ELISION_OF_WORD.sub(" ", text)
    text = text.replace(";", "?")
    text = re.sub(r"\s*[·:]\s*|\s+[-–—]+\s+|\s*[()\[\]{}|]+\s*", ", ", text)
    for sign, words in _SIGNS.items():
        text = text.replace(sign, words)
    text = re.sub(r"(?<=\w)[-–—‑/](?=\w)", " ", text)
    return re.sub(r"(?<=\w)/", " ", text)


def _clean(text: str) -> str:
    """Whatever no rule has put into words is said digit by digit or left out."""
    text = re.sub(r"\d+", lambda match: f" {digits(str(int(match[0])))} ", text)
    text = _LONE_CAPITAL.sub(lambda match: GREEK_LETTERS[match[1]], text)
    text = _SPOKEN.sub(" ", text)
    text = re.sub(r"[^\S\n]+", " ", text)
    text = re.sub(rf"(?:[ ,]*{PAUSE}[ ,]*)+", f" {PAUSE} ", text)
    text = re.sub(r"\s+([.,?!])", r"\1", text)
    text = re.sub(r",+([.?!])|,+(?=,)", r"\1", text)
    text = re.sub(r"([.?!])[.,?!]+", r"\1", text)
    text = re.sub(r",(?=[^\s])", ", ", text)
    lines = (line.strip(f" ,{PAUSE}").lstrip(".,?! ") for line in text.split("\n"))
    return "\n".join(line for line in lines if line)


_STEPS: Final[tuple[Callable[[str], str], ...]] = (
    _fold_unicode,
    _fold_lookalikes,
    _join_dotted_acronyms,
    # Before the addresses: «τζι αρ.» at the end of a sentence is no «αριθμός».
    expand_abbreviations,
    say_addresses,
    _part_letters_from_numbers,
    say_times,
    say_dated_numbers,
    say_dates,
    say_identifiers,
    say_letter_ordinals,
    say_acronyms,
    say_quantities,
    say_latin,
    _say_signs,
    _clean,
)


def normalise(text: str) -> str:
    """Put a text into words; never fails, whatever the text.

    >>> normalise("883,92 € έως 29/11")
    'οκτακόσια ογδόντα τρία ευρώ και ενενήντα δύο λεπτά έως είκοσι εννέα Νοεμβρίου'
    """
    for step in _STEPS:
        text = step(text)
    return text
