"""Reads what a caller says before it is known that they are done."""

from __future__ import annotations

from collections.abc import Callable

from voicebot.hearing.constraint import Constraint
from voicebot.hearing.endpointing import Endpointer
from voicebot.hearing.pool import Recognition
from voicebot.hearing.segments import Segment
from voicebot.line.completion import Completion, completion
from voicebot.line.frames import Guess
from voicebot.understanding.expectation import Expectation


class Reader:
    """Recognises the utterance under way: in each pause whole, under the grammar of the answer,
    so that its text is there when the silence has lasted long enough; and while the caller speaks
    now and then freely, for those who watch the call.

    Both take only time that the recogniser can spare.

    Args:
        guess: begins to recognise what was said up to a pause; None when nobody is idle.
        peek_ahead: begins to read what was said so far; None when nobody is idle.
        on_partial: given each text of an utterance under way.
        partial_every_ms: how often that is read; 0 never.
    """

    def __init__(
        self,
        *,
        guess: Callable[[Segment], Guess | None],
        peek_ahead: Callable[[bytes], Recognition | None],
        on_partial: Callable[[str], None],
        partial_every_ms: int,
    ) -> None:
        self._make_guess = guess
        self._peek_ahead = peek_ahead
        self._on_partial = on_partial
        self._partial_every_ms = partial_every_ms
        self._paused: Segment | None = None
        self._guess: Guess | None = None
        self._is_judged = False
        self._partial: Recognition | None = None
        self._read_ms = 0
        self._shown = ""

    def paused(self, segment: Segment) -> None:
        """The caller may be done; `segment` is what would be their utterance."""
        self._paused = segment
        self._is_judged = False
        self._guess = self._make_guess(segment)

    def look(self, expectation: Expectation) -> Completion | None:
        """Call it with every window of audio: how complete the answer is, once in each pause, as
        soon as it has been read."""
        self._show_partial()
        if self._paused is None or self._is_judged:
            return None
        if self._guess is None:
            # Nobody was idle when the pause began: perhaps now.
            self._guess = self._make_guess(self._paused)
            return None
        transcript = self._guess.recognition.peek()
        if transcript is None:
            return None
        self._is_judged = True
        constraint: Constraint | None = self._guess.constraint
        return completion(transcript, constraint, expectation)

    def follow(self, endpointer: Endpointer) -> None:
        """The caller speaks on."""
        if not self._partial_every_ms or self._paused is not None or self._partial is not None:
            return
        if endpointer.utterance_ms < self._read_ms + self._partial_every_ms:
            return
        self._partial = self._peek_ahead(endpointer.utterance_pcm())
        if self._partial is not None:
            self._read_ms = endpointer.utterance_ms

    def resumed(self) -> None:
        """The caller went on after a pause."""
        if self._guess is not None:
            self._guess.recognition.cancel()
        self._guess = self._paused = None
        self._is_judged = False

    def forget(self) -> None:
        """The utterance under way does not count."""
        self.resumed()
        if self._partial is not None:
            self._partial.cancel()
        self._partial = None
        self._read_ms = 0
        self._shown = ""

    def ended(self, segment: Segment) -> Guess | None:
        """The utterance is complete; its guess, if there is one of just this audio."""
        guess, self._guess = self._guess, None
        if guess is not None and guess.segment != segment:
            guess.recognition.cancel()
            guess = None
        self.forget()
        return guess

    def _show_partial(self) -> None:
        if self._partial is None or not self._partial.is_done:
            return
        transcript = self._partial.peek()
        self._partial = None
        if transcript is not None and transcript.text and transcript.text != self._shown:
            self._shown = transcript.text
            self._on_partial(transcript.text)
