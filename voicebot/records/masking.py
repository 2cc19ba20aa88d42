"""Personal numbers and addresses are taken out before a line is written anywhere.

ΑΦΜ, ΑΜΚΑ, telephones, IBANs, cards, e-mail addresses and any other number of six digits or more
become a word in brackets that says what it was, whether it was written in digits, spoken as Greek
number words, or both in turn. Dates, times, laws, amounts of money, help lines and the addresses
of local networks are left.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from typing import Any

from stdnum import luhn

from voicebot.records.number_words import (
    AMOUNT_UNITS,
    BREAKS,
    FILLERS,
    NUMBER_WORDS,
    DigitCount,
    sound,
)

SHORTEST = 6
_SHORTEST_WITH_GAP = 8
_TOKENS_WITH_GAP = 5
_FILLERS_IN_A_ROW = 4

EMAIL = "[e-mail]"
IBAN = "[IBAN]"
AFM = "[ΑΦΜ]"
AMKA = "[ΑΜΚΑ]"
PHONE = "[τηλέφωνο]"
CARD = "[κάρτα]"
NUMBER = "[αριθμός]"

_EMAIL = re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+")
_JOINTS_SAID = "(?:τελεία|τελεια|dot|παύλα|παυλα)"
_SPOKEN_EMAIL = re.compile(
    rf"(?:\S+\s+{_JOINTS_SAID}\s+)*\S+\s+παπ[άα]κι\s+[^\s,;]+(?:\s+{_JOINTS_SAID}\s+[^\s,;]+)*",
    re.IGNORECASE,
)
_IBAN = re.compile(
    r"\b(?:[A-Z]{2}|ΓΡ)\d{2}(?:[\s-]?(?=[A-Z]{0,3}\d)[A-Z0-9]{3,4}){2,7}(?:[\s-]?\d{1,4})?\b",
    re.IGNORECASE,
)
# Emergency and help lines, said one after the other ("112, 15900 ή 10306").
_LINE = "(?:100|108|112|166|197|199|1018|1056|1521|1555|10306|15900)"
# Nothing that is left in peace may be a part of a longer number.
_ALONE_BEFORE = r"(?<!\d)(?<!\d[ ./-])"
_ALONE_AFTER = r"(?![ ./-]?\d)"
_HARMLESS = re.compile(
    rf"{_ALONE_BEFORE}(?:"
    r"(?:0?[1-9]|[12]\d|3[01])(?P<s>[/.-])(?:0?[1-9]|1[0-2])(?P=s)(?:19|20)\d\d"
    r"|(?:19|20)\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])"
    r"|(?:0?[1-9]|[12]\d|3[01])/(?:0?[1-9]|1[0-2])"
    r"|\d{1,4}/(?:19|20)\d\d"
    r"|(?:19|20)\d\d[-–/](?:19|20)\d\d"
    r"|\d{1,3}(?:\.\d{3})+(?:,\d{1,2})?(?=\s?(?:€|ευρώ|ευρω))"
    rf"|{_LINE}(?:(?:,|,? και|,? ή)(?: στο| το)? {_LINE})+"
    rf"){_ALONE_AFTER}"
    r"|(?<![\d:.])(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d)?(?![\d:])"
    r"|(?<![\d.])(?:10|127|172|192)(?:\.(?:0|[1-9]\d{0,2})){3}(?::\d{1,5})?(?![\d.])"
    r"|\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b"
)
_TOKEN = re.compile(
    r"(?P<digits>\d+)|(?P<word>[^\W\d_]+)|(?P<joint>[\s.,;·/()\-–—+…_]+)|(?P<other>.)"
)


@dataclass(frozen=True)
class _Token:
    start: int
    end: int
    kind: str
    text: str


def mask(text: str) -> str:
    """The text without personal numbers and addresses. Masking twice changes nothing more."""
    # The patterns are slow on long words; these letters are rare.
    if "@" in text:
        text = _EMAIL.sub(EMAIL, text)
    if "παπ" in text.casefold():
        text = _SPOKEN_EMAIL.sub(EMAIL, text)
    text = _IBAN.sub(IBAN, text)
    pieces: list[str] = []
    done = 0
    for start, end, label in _numbers(text):
        pieces += (text[done:start], label)
        done = end
    return "".join(pieces) + text[done:]


def mask_number(number: str, *, shown: int = 3) -> str:
    """A number of which people must still recognise the end: "6945123456" gives "•••••••456".

    Short numbers are hidden whole.
    """
    digits = re.sub(r"\D", "", number)
    if len(digits) < SHORTEST:
        return "•" * len(digits)
    return "•" * (len(digits) - shown) + digits[-shown:]


class LogMasker:
    """A structlog processor that masks every text of an event, however deep it lies.

    Args:
        keep: keys whose values are never personal (identifiers, moments) and stay as they are.
    """

    def __init__(self, keep: Sequence[str] = ("call_id", "timestamp", "level", "logger")) -> None:
        self._keep = frozenset(keep)

    def __call__(
        self, logger: Any, method: str, event: MutableMapping[str, Any]
    ) -> MutableMapping[str, Any]:
        """Mask one event."""
        for key, value in event.items():
            if key not in self._keep:
                event[key] = _mask_any(value)
        return event


def _mask_any(value: Any) -> Any:
    match value:
        case str():
            return mask(value)
        case BaseException():
            return mask(f"{type(value).__name__}: {value}")
        case Mapping():
            return {key: _mask_any(item) for key, item in value.items()}
        case tuple() | list() | set() | frozenset():
            return [_mask_any(item) for item in value]
        case None | bool() | int() | float():
            return value
        case _:
            return mask(str(value))


def _numbers(text: str) -> Iterator[tuple[int, int, str]]:
    """Where personal numbers stand, with what to put in their place."""
    harmless = [match.span() for match in _HARMLESS.finditer(text)]
    tokens = list(_tokens(text, harmless))
    at = 0
    while at < len(tokens):
        if not _is_number(tokens[at]):
            at += 1
            continue
        run = _run(tokens, at, gap_allowed=True)
        if run is None:
            run = _run(tokens, at, gap_allowed=False)
        if run is None:
            at = _after_number(tokens, at)
            continue
        last, label = run
        yield tokens[at].start, tokens[last].end, label
        at = last + 1


def _tokens(text: str, harmless: Sequence[tuple[int, int]]) -> Iterator[_Token]:
    at = 0
    for start, end in [*harmless, (len(text), len(text))]:
        for match in _TOKEN.finditer(text, at, start):
            yield _Token(match.start(), match.end(), match.lastgroup or "", match.group())
        if start < end:
            yield _Token(start, end, "other", text[start:end])
        at = end


def _is_number(token: _Token) -> bool:
    return token.kind == "digits" or (token.kind == "word" and sound(token.text) in NUMBER_WORDS)


def _after_number(tokens: Sequence[_Token], at: int) -> int:
    """Past the harmless number that begins here, so that its tail is not looked at alone."""
    while at < len(tokens) and (_is_number(tokens[at]) or tokens[at].kind == "joint"):
        at += 1
    return at


def _run(tokens: Sequence[_Token], at: int, *, gap_allowed: bool) -> tuple[int, str] | None:
    """The longest number from here: the index of its last token and its label, or None when it
    is too short to be personal.

    With `gap_allowed`, single words that mean nothing here may stand between the digits, as
    digits do that were misheard; only long runs count then.
    """
    count = DigitCount()
    digits = ""
    written = True
    numbers = fillers = 0
    gap = gapped = False
    last = at
    for index in range(at, len(tokens)):
        token = tokens[index]
        word = sound(token.text) if token.kind == "word" else ""
        if token.kind == "digits":
            count.add_digits(len(token.text))
            digits += token.text
        elif word in NUMBER_WORDS:
            count.add(NUMBER_WORDS[word])
            written = False
        elif token.kind == "joint":
            continue
        elif word in FILLERS and fillers < _FILLERS_IN_A_ROW:
            fillers += 1
            continue
        elif gap_allowed and word and word not in BREAKS and not gap:
            gap = True
            continue
        else:
            break
        gapped = gapped or gap
        gap, fillers = False, 0
        numbers += 1
        last = index
    if gapped:
        enough = count.digits >= _SHORTEST_WITH_GAP and numbers >= _TOKENS_WITH_GAP
    else:
        enough = count.digits >= SHORTEST and not _is_amount(tokens, last, written)
    if not enough:
        return None
    return last, _label(digits) if written else NUMBER


def _is_amount(tokens: Sequence[_Token], last: int, written: bool) -> bool:
    """Whether a number in words is followed by what it counts."""
    following = next((token for token in tokens[last + 1 :] if token.kind != "joint"), None)
    return (
        not written
        and following is not None
        and following.kind == "word"
        and sound(following.text) in AMOUNT_UNITS
    )


def _label(digits: str) -> str:
    """What a number in digits is, by its length and its first digits."""
    national = digits.removeprefix("00").removeprefix("30") if len(digits) > 11 else digits
    match len(digits):
        case 9:
            return AFM
        case 11:
            return AMKA
        case _ if len(national) == 10 and national[0] in "26":
            return PHONE
        case length if 13 <= length <= 19 and luhn.is_valid(digits):
            return CARD
        case _:
            return NUMBER
