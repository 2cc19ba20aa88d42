"""Normal forms of Greek text for matching: the folded spelling and the phonetic skeleton.

Recognisers drop accents, confuse homophones (η/ι/υ/ει/οι, ο/ω, αι/ε) and split or double letters;
people type in capitals, without accents or in Latin letters. `fold` removes what is only writing,
`skeleton` goes on to remove what cannot be heard. Both are idempotent and never raise.
"""

from __future__ import annotations

import re
import unicodedata

_NOT_WORD = re.compile(r"[^0-9a-zα-ω]+")
_DIGIT_RUN = re.compile(r"\d+")

# Longest first: the order is the order of application. Latin letters as Greeks read or type them.
_LATIN = (
    ("ou", "ου"),
    ("th", "θ"),
    ("ch", "χ"),
    ("ps", "ψ"),
    ("ks", "ξ"),
    ("ph", "φ"),
    ("oo", "ου"),
    ("ee", "ι"),
    ("a", "α"),
    ("b", "μπ"),
    ("c", "κ"),
    ("d", "δ"),
    ("e", "ε"),
    ("f", "φ"),
    ("g", "γ"),
    ("h", "η"),
    ("i", "ι"),
    ("j", "τζ"),
    ("k", "κ"),
    ("l", "λ"),
    ("m", "μ"),
    ("n", "ν"),
    ("o", "ο"),
    ("p", "π"),
    ("q", "κ"),
    ("r", "ρ"),
    ("s", "σ"),
    ("t", "τ"),
    ("u", "υ"),
    ("v", "β"),
    ("w", "ω"),
    ("x", "ξ"),
    ("y", "υ"),
    ("z", "ζ"),
)
_LATIN_LETTER = re.compile(r"[a-z]")

_VOICELESS = "θκξπστφχψ"
# "w" stands for the vowel ου until υ, which would swallow it, has become ι.
_SOUNDS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        (r"ου", "w"),
        (r"αι", "ε"),
        (r"[εου]ι", "ι"),
        (rf"([αεη])υ(?=[{_VOICELESS}])", r"\1φ"),
        (r"([αεη])υ", r"\1β"),
        (r"γγ", "γκ"),
        (r"γχ", "νχ"),
        (r"τζ", "τσ"),
        (r"σ(?=[βγδμ])", "ζ"),
        (r"[ηυ]", "ι"),
        (r"ω", "ο"),
        (r"w", "υ"),
        (r"(.)\1+", r"\1"),
    )
)

_UNITS = ("", "ενα", "δυο", "τρια", "τεσσερα", "πεντε", "εξι", "εφτα", "οχτω", "εννια")
_TEENS = (
    "δεκα",
    "εντεκα",
    "δωδεκα",
    "δεκατρια",
    "δεκατεσσερα",
    "δεκαπεντε",
    "δεκαεξι",
    "δεκαεφτα",
    "δεκαοχτω",
    "δεκαεννια",
)
_TENS = ("", "", "εικοσι", "τριαντα", "σαραντα", "πενηντα")
_TENS_HIGH = ("εξηντα", "εβδομηντα", "ογδοντα", "ενενηντα")
_HUNDREDS = (
    "",
    "εκατον",
    "διακοσια",
    "τριακοσια",
    "τετρακοσια",
    "πεντακοσια",
    "εξακοσια",
    "εφτακοσια",
    "οχτακοσια",
    "εννιακοσια",
)


def fold(text: str) -> str:
    """Lower case, accents and diaereses off, ς as σ, anything but letters and digits as a space.

    >>> fold("  Πότε μπαίνουν οι ΣΥΝΤΑΞΕΙΣ; ")
    'ποτε μπαινουν οι συνταξεισ'
    """
    decomposed = unicodedata.normalize("NFD", text.replace("ς", "σ").lower())
    bare = "".join(c for c in decomposed if not unicodedata.combining(c)).replace("ς", "σ")
    return _NOT_WORD.sub(" ", bare).strip()


def words(text: str) -> list[str]:
    """The folded words of a text, in order."""
    return fold(text).split()


def skeleton(text: str) -> str:
    """The folded text as it sounds: one letter for each sound, double letters single.

    Latin letters are read as Greek ones, so "taxisnet" and "τάξισνετ" are equal.

    >>> skeleton("η σύνταξη") == skeleton("οι σίνταξει")
    True
    """
    sounded = fold(text)
    if _LATIN_LETTER.search(sounded):
        for latin, greek in _LATIN:
            sounded = sounded.replace(latin, greek)
    for pattern, replacement in _SOUNDS:
        sounded = pattern.sub(replacement, sounded)
    return sounded


def spell_numbers(folded: str) -> str:
    """A folded text with its whole numbers under 10,000 written as folded words.

    >>> spell_numbers("επιδομα 250")
    'επιδομα διακοσια πενηντα'
    """
    return _DIGIT_RUN.sub(lambda match: _spell(match.group()), folded)


def _spell(digits: str) -> str:
    if len(digits) > 4 or digits.startswith("0"):
        return digits
    number = int(digits)
    thousands, rest = divmod(number, 1000)
    parts = []
    if thousands == 1:
        parts.append("χιλια")
    elif thousands:
        parts += [_UNITS[thousands].replace("τρια", "τρεισ"), "χιλιαδεσ"]
    hundreds, below = divmod(rest, 100)
    if hundreds:
        parts.append("εκατο" if hundreds == 1 and not below else _HUNDREDS[hundreds])
    if 10 <= below < 20:
        parts.append(_TEENS[below - 10])
    else:
        tens, unit = divmod(below, 10)
        parts += [(_TENS + _TENS_HIGH)[tens], _UNITS[unit]]
    return " ".join(part for part in parts if part)
