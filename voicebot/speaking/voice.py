"""The base of every voice."""

from __future__ import annotations

from abc import ABC, abstractmethod


class VoiceError(Exception):
    """The voice could not be loaded or failed on a text; the text says the mend."""


class Voice(ABC):
    """Turns one sentence of already verbalised Greek words into audio. Blocking, thread-safe."""

    name: str
    sample_rate_hz: int

    @abstractmethod
    def synthesize(self, text: str, *, rate: float = 1.0) -> bytes:
        """Synthesize a sentence.

        Args:
            text: words and basic punctuation only; numbers and acronyms already written out.
            rate: speed of speech, 1.0 normal, 0.5 half as quick, 2.0 twice as quick.

        Returns:
            Signed 16-bit little-endian mono PCM at `sample_rate_hz`.

        Raises:
            VoiceError: synthesis failed.
        """

    def close(self) -> None:  # noqa: B027 - optional
        """Free models and threads."""
