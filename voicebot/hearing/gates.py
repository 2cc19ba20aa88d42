"""Keeps text that nobody said out of the dialogue, whichever engine made it up.

Whisper models, given noise or silence, write fluent nonsense: the subtitles they were trained on,
or one phrase over and over. Each gate knows one sign of that. The rule for silence follows
Whisper's own (no-speech above 0.6 and a low log-probability); the phantom subtitles are those
reported for Greek (Purfview/whisper-standalone-win #321) and their English relatives.
"""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from enum import StrEnum

from voicebot.hearing.recogniser import Transcript

_MAX_NO_SPEECH = 0.6
_SILENCE_MAX_CONFIDENCE = 0.37  # e^-1: an average log-probability of -1
_MIN_CONFIDENCE = 0.05
# Quick Greek is about 20 characters a second; the allowance is for very short clips.
_MAX_CHARACTERS_PER_S = 28.0
_CHARACTERS_ALLOWED = 12
_MAX_REPEATS = 5
_MAX_PHRASE_WORDS = 6

_PHANTOMS = (
    "υποτιτλοι authorwave",
    "authorwave",
    "υποτιτλισμος",
    "υποτιτλοι αποδοση",
    "ευχαριστω που παρακολουθησατε",
    "ευχαριστουμε που παρακολουθησατε",
    "ευχαριστω που με παρακολουθησατε",
    "εγγραφειτε στο καναλι",
    "κανετε εγγραφη στο καναλι",
    "μην ξεχασετε να κανετε εγγραφη",
    "amara org",
    "thanks for watching",
    "thank you for watching",
    "subtitles by",
)
# Said twice or three times in earnest: «όχι όχι όχι», «μηδέν μηδέν μηδέν».
_REPEATABLE = (
    "μηδεν",
    "ενα",
    "δυο",
    "τρια",
    "τεσσερα",
    "πεντε",
    "εξι",
    "επτα",
    "εφτα",
    "οκτω",
    "οχτω",
    "εννεα",
    "εννια",
)


class Gate(StrEnum):
    """Why a text was not believed."""

    NO_SPEECH = "no_speech"
    IMPROBABLE = "improbable"
    TOO_LONG = "too_long"
    REPEATS = "repeats"
    PHANTOM = "phantom"


def failed_gate(transcript: Transcript) -> Gate | None:
    """Which gate a transcript fails, or None when it may be believed (or is empty).

    >>> failed_gate(Transcript("Υπότιτλοι AUTHORWAVE", 0.9, audio_ms=2000))
    <Gate.PHANTOM: 'phantom'>
    >>> failed_gate(Transcript("θέλω ένα ραντεβού", 0.9, audio_ms=2000)) is None
    True
    """
    if not transcript.text.strip():
        return None
    words = _plain(transcript.text).split()
    if _is_phantom(words):
        return Gate.PHANTOM
    no_speech = transcript.no_speech_prob > _MAX_NO_SPEECH
    if no_speech and transcript.confidence < _SILENCE_MAX_CONFIDENCE:
        return Gate.NO_SPEECH
    # A constrained text is one of those asked for; its confidence is for the dialogue to weigh.
    if not transcript.constrained and transcript.confidence < _MIN_CONFIDENCE:
        return Gate.IMPROBABLE
    if transcript.audio_ms and not transcript.constrained:
        limit = _CHARACTERS_ALLOWED + _MAX_CHARACTERS_PER_S * transcript.audio_ms / 1000
        if len(transcript.text) > limit:
            return Gate.TOO_LONG
    if _repeats(words):
        return Gate.REPEATS
    return None


def believed(transcript: Transcript) -> Transcript:
    """The transcript, without its text when a gate fails."""
    if failed_gate(transcript) is None:
        return transcript
    return replace(transcript, text="", confidence=0.0, alternatives=(), constrained=False)


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFD", text.lower())
    letters = (c for c in decomposed if unicodedata.category(c) != "Mn")
    return "".join(c if c.isalnum() else " " for c in letters).replace("ς", "σ")


def _is_phantom(words: list[str]) -> bool:
    text = f" {' '.join(words)} "
    return any(f" {phantom} " in text for phantom in _FOLDED_PHANTOMS)


def _repeats(words: list[str]) -> bool:
    """Whether one phrase of up to six words comes more than five times running, or nearly all of
    a long text is the same few words (loops are not always adjacent)."""
    if set(words) <= _FOLDED_REPEATABLE:
        return False
    for size in range(1, _MAX_PHRASE_WORDS + 1):
        matching = 0
        for position in range(size, len(words)):
            matching = matching + 1 if words[position] == words[position - size] else 0
            if matching >= _MAX_REPEATS * size:
                return True
    return len(words) >= 18 and len(set(words)) <= len(words) // 6


_FOLDED_PHANTOMS = tuple(_plain(phantom) for phantom in _PHANTOMS)
_FOLDED_REPEATABLE = frozenset(_plain(word) for word in _REPEATABLE)
