"""Speaking and listening over a channel, with what the last turn said kept for repeating."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from voicebot.dialogue.channel import Channel, Heard, Keys, Silence, Unheard, Utterance
from voicebot.dialogue.events import CallerSaid, Observer, Said
from voicebot.dialogue.prompts import general
from voicebot.understanding.expectation import Expectation, Kind

_SLOWEST, _FASTEST, _RATE_STEP = 0.7, 1.3, 0.15
_LOUDEST_DB, _GAIN_STEP_DB = 12.0, 6.0
_NUMBERS = frozenset({Kind.DIGITS, Kind.AFM, Kind.AMKA, Kind.PHONE, Kind.PROTOCOL})


@dataclass(frozen=True)
class Pace:
    """How long silence may last: usually, and while somebody looks for a number."""

    silence: timedelta
    patience: timedelta


class Turns:
    """One side of the conversation: says and hears, repeats itself, speaks slower or louder.

    `speech_works` turns False for the rest of the call once the recogniser is out of order.
    """

    def __init__(self, channel: Channel, pace: Pace, observer: Observer) -> None:
        self._channel = channel
        self._pace = pace
        self._observer = observer
        self._rate = 1.0
        self._gain_db = 0.0
        self._last: list[str] = []
        self._fresh = True
        self.speech_works = True

    async def say(self, text: str, *, interruptible: bool = True) -> None:
        """Say a text.

        Raises:
            HungUp: the caller is gone.
        """
        if not text:
            return
        if self._fresh:
            self._last.clear()
            self._fresh = False
        self._last.append(text)
        self._observer.note(Said(text))
        await self._channel.say(text, interruptible=interruptible)

    async def aside(self, text: str) -> None:
        """Say something that is not worth repeating."""
        self._observer.note(Said(text))
        await self._channel.say(text)

    async def repeat(self) -> None:
        """Say once more what was said since the caller's last own turn."""
        for text in self._last or [general.NOTHING_TO_REPEAT]:
            self._observer.note(Said(text))
            await self._channel.say(text)

    def answered(self) -> None:
        """The caller's turn was an answer: what is said next begins a new turn."""
        self._fresh = True

    async def listen(self, expectation: Expectation, *, patient: bool = False) -> Heard:
        """Hear the caller.

        Args:
            patient: the caller said to wait a moment.

        Raises:
            HungUp: the caller is gone.
        """
        long = patient or expectation.kind in _NUMBERS
        timeout = self._pace.patience if long else self._pace.silence
        heard = await self._channel.listen(expectation, timeout=timeout)
        if isinstance(heard, Unheard) and heard.engine_down:
            self.speech_works = False
        elif isinstance(heard, Utterance):
            self.speech_works = True
        return heard

    def note_heard(
        self,
        heard: Heard,
        slot: str,
        intent: str | None = None,
        probability: float | None = None,
    ) -> None:
        """Tell the observer what was heard."""
        match heard:
            case Utterance(text):
                written = text
            case Keys(digits):
                written = f"[keys] {digits}"
            case Silence():
                written = "[silence]"
            case Unheard(doubted=Utterance(text)):
                written = f"[doubted] {text}"
            case _:
                written = "[unheard]"
        self._observer.note(CallerSaid(written, slot, intent, probability))

    def slower(self) -> None:
        """Speak slower from now on."""
        self._set_rate(self._rate - _RATE_STEP)

    def faster(self) -> None:
        """Speak faster from now on."""
        self._set_rate(self._rate + _RATE_STEP)

    def louder(self) -> None:
        """Speak louder from now on."""
        self._gain_db = min(_LOUDEST_DB, self._gain_db + _GAIN_STEP_DB)
        self._channel.set_gain(self._gain_db)

    def _set_rate(self, rate: float) -> None:
        self._rate = round(min(_FASTEST, max(_SLOWEST, rate)), 2)
        self._channel.set_rate(self._rate)
