"""What callers offer and nobody may take by phone: IBAN, card numbers, one-time and other codes.

Detection only: the dialogue interrupts politely and refuses; nothing found here is kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from stdnum import luhn

from voicebot.understanding.digits import parse_digits
from voicebot.understanding.parsed import Span
from voicebot.understanding.words import match_phrase, phrase_table, split


class Secret(StrEnum):
    """Kinds of what must not be said on the line."""

    IBAN = "iban"
    CARD = "card"
    CODE = "code"


@dataclass(frozen=True)
class Sensitive:
    """A secret was offered. The text itself is not repeated here."""

    kind: Secret
    span: Span


_IBAN_WORDS = phrase_table("ιμπάν, ι μπαν, iban, άι μπαν, αριθμός λογαριασμού, λογαριασμός")
_CARD_WORDS = phrase_table("κάρτα, κάρτας, αριθμός κάρτας, χρεωστική, πιστωτική, βίζα, visa")
_CODE_WORDS = phrase_table(
    "κωδικός, κωδικό, κωδικοί, κωδικούς, πιν, pin, ο τι πι, otp, κλειδάριθμος, κλειδάριθμο, "
    "συνθηματικό, password, πάσγουορντ, μιας χρήσης, cvv"
)
_GIVEN = phrase_table("είναι, μου είναι, να σας πω, σας λέω, γράψτε, σημειώστε")
_COUNTRY = phrase_table("gr, τζι αρ, τζι άρ, γκρ")
_IBAN_DIGITS = 6
_CARD_DIGITS = (13, 14, 15, 16, 17, 18, 19)
_CODE_DIGITS = 3


def detect_sensitive(text: str) -> Sensitive | None:
    """The secret that a text gives away, or None.

    >>> detect_sensitive("ο κωδικός που μου ήρθε είναι τέσσερα οχτώ δύο έξι").kind.value
    'code'
    >>> detect_sensitive("δεν έχω κωδικούς taxisnet") is None
    True
    """
    words = split(text)
    digits = next((p.value for p in parse_digits(text)), "")
    whole = Span(0, max(0, len(words) - 1))

    def named(phrases: tuple[tuple[str, ...], ...]) -> bool:
        return any(match_phrase(words, i, phrases) for i in range(len(words)))

    if (named(_IBAN_WORDS) or named(_COUNTRY)) and len(digits) >= _IBAN_DIGITS:
        return Sensitive(Secret.IBAN, whole)
    if len(digits) in _CARD_DIGITS and (luhn.is_valid(digits) or named(_CARD_WORDS)):
        return Sensitive(Secret.CARD, whole)
    if named(_CODE_WORDS) and len(digits) >= _CODE_DIGITS:
        return Sensitive(Secret.CODE, whole)
    if named(_CODE_WORDS) and named(_GIVEN) and not named(phrase_table("δεν, δε, ποιος, πού, πώς")):
        return Sensitive(Secret.CODE, whole)
    return None
