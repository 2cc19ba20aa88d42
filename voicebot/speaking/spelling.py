"""Latin words, web and e-mail addresses, as a Greek says them."""

from __future__ import annotations

import re
from typing import Final

from voicebot.speaking.acronyms import FOREIGN

LATIN_LETTERS: Final = {
    "a": "έι", "b": "μπι", "c": "σι", "d": "ντι", "e": "ι", "f": "εφ", "g": "τζι", "h": "έιτς",
    "i": "άι", "j": "τζέι", "k": "κέι", "l": "ελ", "m": "εμ", "n": "εν", "o": "όου", "p": "πι",
    "q": "κιου", "r": "αρ", "s": "ες", "t": "τι", "u": "γιου", "v": "βι", "w": "ντάμπλγιου",
    "x": "εξ", "y": "γουάι", "z": "ζεντ",
}  # fmt: skip
# Longest first; what English and Greeklish share. Vowels become Greek vowels one by one.
_SOUNDS: Final = (
    ("tion", "σιον"), ("sch", "σ"), ("tch", "τσ"),
    ("th", "θ"), ("ch", "τσ"), ("sh", "σ"), ("ph", "φ"), ("ck", "κ"), ("qu", "κου"), ("oo", "ου"),
    ("ee", "ι"), ("ea", "ι"), ("ou", "ου"), ("ai", "έι"), ("ay", "έι"), ("ey", "έι"), ("ow", "όου"),
    ("ng", "νγκ"), ("ks", "ξ"), ("ps", "ψ"), ("ss", "σ"), ("ll", "λ"), ("tt", "τ"), ("pp", "π"),
    ("ce", "σε"), ("ci", "σι"), ("cy", "σι"), ("ge", "τζε"), ("gi", "τζι"),
    ("a", "α"), ("b", "μπ"), ("c", "κ"), ("d", "ντ"), ("e", "ε"), ("f", "φ"), ("g", "γκ"),
    ("h", "χ"), ("i", "ι"), ("j", "τζ"), ("k", "κ"), ("l", "λ"), ("m", "μ"), ("n", "ν"),
    ("o", "ο"), ("p", "π"), ("q", "κ"), ("r", "ρ"), ("s", "σ"), ("t", "τ"), ("u", "ου"),
    ("v", "β"), ("w", "γου"), ("x", "ξ"), ("y", "ι"), ("z", "ζ"),
)  # fmt: skip
_ACUTE: Final = str.maketrans("αεηιουω", "άέήίόύώ")
_SPELL_UP_TO = 4
_VOWEL = re.compile(r"ου|[αειοω]")
_WORD = re.compile(r"[A-Za-z]+(?:-[A-Za-z]+)*(?:'[a-z]+)?")
_CAMEL = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+")

_HOST: Final = r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z]{2,}"
_EMAIL = re.compile(rf"\b[A-Za-z0-9._%+-]+@{_HOST}")
_URL = re.compile(rf"(?:https?://)?(?<![\w@.])(?:www\.)?{_HOST}(?:/[^\s,;)»\"]*)?")
_ADDRESS_SIGNS: Final = {
    ".": "τελεία", "/": "κάθετος", "-": "παύλα", "_": "κάτω παύλα", "@": "παπάκι", "+": "συν",
    "?": "ερωτηματικό", "=": "ίσον", "&": "και", "#": "δίεση", "%": "τοις εκατό",
    ":": "άνω κάτω τελεία",
}  # fmt: skip
_ADDRESS_PART = re.compile(r"[A-Za-z]+|\d+|[./\-_@+?=&#%:]")


def spell_latin(word: str) -> str:
    """The names of Latin letters.

    >>> spell_latin("hli")
    'έιτς ελ άι'
    """
    return " ".join(LATIN_LETTERS[letter] for letter in word.lower() if letter in LATIN_LETTERS)


def say_latin_word(word: str) -> str:
    """One Latin word: from the lexicon, by its parts, by its sounds, or by its letters.

    >>> say_latin_word("SMS"), say_latin_word("myKEPlive"), say_latin_word("Skroutz")
    ('ες εμ ες', 'μάι κεπ λάιβ', 'σκρούτζ')
    """
    if word.lower() in FOREIGN:
        return FOREIGN[word.lower()]
    parts = [part for piece in word.split("-") for part in _CAMEL.findall(piece)]
    if len(parts) > 1:
        return " ".join(say_latin_word(part) for part in parts)
    word = word.split("'")[0]
    vowels = sum(letter in "aeiouy" for letter in word.lower())
    # Capitals are an abbreviation unless they are long enough for a word.
    if not vowels or len(word) == 1 or (word.isupper() and len(word) <= _SPELL_UP_TO):
        return spell_latin(word)
    return _by_sound(word.lower())


def _by_sound(word: str) -> str:
    greek = ""
    while word:
        for latin, sound in _SOUNDS:
            if word.startswith(latin):
                greek += sound
                word = word[len(latin) :]
                break
        else:
            word = word[1:]
    greek = re.sub("σ$", "ς", greek)
    first = _VOWEL.search(greek)
    if first is None or any(letter in "άέήίόύώ" for letter in greek):
        return greek
    vowel = first[0][:-1] + first[0][-1].translate(_ACUTE)
    return greek[: first.start()] + vowel + greek[first.end() :]


def say_latin(text: str) -> str:
    """Put every Latin word of a text into Greek letters."""
    return _WORD.sub(lambda match: say_latin_word(match[0]), text)


def _say_address(address: str) -> str:
    address = re.sub(r"^https?://", "", address)
    address = re.sub(r"^www\.", "", address).rstrip("/")
    words = [
        _ADDRESS_SIGNS.get(part) or (part if part.isdigit() else say_latin_word(part))
        for part in _ADDRESS_PART.findall(address)
    ]
    return " ".join(words)


def _address(match: re.Match[str]) -> str:
    address = match[0]
    trailing = len(address) - len(address.rstrip(".?!:"))
    end = address[len(address) - trailing :] if trailing else ""
    return _say_address(address.removesuffix(end) if end else address) + end


def say_addresses(text: str) -> str:
    """Put web and e-mail addresses into words; numbers in them stay for the numeral rules.

    >>> say_addresses("στο www.efka.gov.gr ή στο info@dypa.gov.gr.")
    'στο έφκα τελεία γκοβ τελεία τζι αρ ή στο ίνφο παπάκι δίπα τελεία γκοβ τελεία τζι αρ.'
    """
    return _URL.sub(_address, _EMAIL.sub(_address, text))
