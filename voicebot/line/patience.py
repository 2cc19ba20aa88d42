"""How long silence must last until a caller's turn is over."""

from __future__ import annotations

from voicebot.line.completion import Completion
from voicebot.settings import Hearing
from voicebot.understanding.expectation import FREE, Expectation, Kind

NUMBER_KINDS = frozenset({Kind.DIGITS, Kind.AFM, Kind.AMKA, Kind.PHONE, Kind.PROTOCOL})
"""Answers that are dictated in groups, with pauses between."""

_LIST_KINDS = frozenset({Kind.CHOICE, Kind.PLACE, Kind.NAME})
_DATE_KINDS = frozenset({Kind.DATE, Kind.TIME})
# Whoever speaks again within this time of the end of their turn, before anything was said to
# them, was cut off.
_CUT_OFF_MS = 1600
_STRETCH_STEP = 1.5
_STRETCH_BACK = 0.97


class Patience:
    """The silence that ends the turns of one call: by what was asked, by how much of it has been
    said, and by how slowly this caller speaks.

    Args:
        settings: the silences.
    """

    def __init__(self, settings: Hearing) -> None:
        self._settings = settings
        self._expectation = FREE
        self._completion = Completion.OPEN
        self._stretch = 1.0
        self._ended_ms: int | None = None

    @property
    def expectation(self) -> Expectation:
        """What the caller was asked for."""
        return self._expectation

    @property
    def stretch(self) -> float:
        """How much longer is waited for this caller than for others."""
        return self._stretch

    @property
    def silence_ms(self) -> int:
        """The silence that ends the turn as things stand."""
        asked = base_silence_ms(self._settings, self._expectation)
        match self._completion:
            case Completion.COMPLETE:
                return min(asked, self._settings.end_silence_complete_ms)
            case Completion.UNFINISHED:
                number = self._expectation.kind in NUMBER_KINDS
                unfinished = (
                    self._settings.end_silence_unfinished_digits_ms
                    if number
                    else self._settings.end_silence_unfinished_ms
                )
                return max(unfinished, round(asked * self._stretch))
            case Completion.OPEN:
                return round(asked * self._stretch)

    def expect(self, expectation: Expectation) -> None:
        """Something is asked for."""
        self._expectation = expectation

    def judge(self, completion: Completion) -> None:
        """What was said up to the pause under way has been read."""
        self._completion = completion

    def speaks(self, at_ms: int, *, unprompted: bool) -> None:
        """The caller begins to speak, or goes on.

        Args:
            at_ms: on the clock of the stream.
            unprompted: nothing has been said to them since they spoke last.
        """
        self._completion = Completion.OPEN
        if unprompted and self._ended_ms is not None and at_ms - self._ended_ms < _CUT_OFF_MS:
            most = self._settings.slow_speaker_stretch
            self._stretch = min(most, self._stretch * _STRETCH_STEP)
        self._ended_ms = None

    def ended(self, at_ms: int) -> None:
        """The caller's turn was taken for over.

        Args:
            at_ms: on the clock of the stream.
        """
        self._completion = Completion.OPEN
        self._ended_ms = at_ms
        self._stretch = max(1.0, self._stretch * _STRETCH_BACK)


def base_silence_ms(settings: Hearing, expectation: Expectation) -> int:
    """The silence that ends an answer of the kind expected, when nothing is known of it yet."""
    if expectation.kind in NUMBER_KINDS:
        return settings.end_silence_digits_ms
    if expectation.kind is Kind.YES_NO:
        return settings.end_silence_short_ms
    if expectation.kind in _LIST_KINDS:
        return settings.end_silence_choice_ms
    if expectation.kind in _DATE_KINDS:
        return settings.end_silence_date_ms
    return settings.end_silence_ms
