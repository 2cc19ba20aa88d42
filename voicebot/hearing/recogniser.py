"""The base of every recogniser."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from voicebot.hearing.constraint import Constraint

SAMPLE_RATE_HZ = 16000

FloatArray = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Hypothesis:
    """One reading of an utterance; `probability` is relative to its alternatives (0..1)."""

    text: str
    probability: float


@dataclass(frozen=True)
class Transcript:
    """What was heard in one utterance.

    `text` is the best reading (empty when nothing was said), lower-case Greek without
    punctuation. `confidence` (0..1) estimates that the text is right; `no_speech_prob` (0..1)
    that nobody spoke. With a constraint, `constrained` is True when the text comes from it, and
    `confidence` is low when the caller said something outside of it; `missing` is by how much the
    beginning of an answer fits better than any whole one (natural log-probability, 0 when a whole
    one fits best). `alternatives` include the best reading first.
    """

    text: str
    confidence: float
    alternatives: tuple[Hypothesis, ...] = ()
    audio_ms: int = 0
    decode_ms: int = 0
    no_speech_prob: float = 0.0
    constrained: bool = False
    engine: str = ""
    missing: float = 0.0


class RecogniserError(Exception):
    """The recogniser could not be loaded or failed on an utterance; the text says the mend."""


class Recogniser(ABC):
    """Turns one utterance into text. Thread-safe; `transcribe` blocks."""

    name: str
    has_preview = False
    """Whether `preview` reads anything."""

    @abstractmethod
    def transcribe(
        self,
        audio: FloatArray,
        constraint: Constraint | None = None,
        hotwords: Sequence[str] = (),
    ) -> Transcript:
        """Recognise an utterance.

        Args:
            audio: shape (samples,), mono, 16 kHz, in [-1, 1], of its real length (0.1 to 30 s).
            constraint: what the dialogue expects, if it expects a value; engines that cannot
                use it ignore it.
            hotwords: words that are likely at this moment.

        Raises:
            RecogniserError: decoding failed.
        """

    @abstractmethod
    def warm_up(self) -> None:
        """Run once, so that the first caller does not pay for lazy initialisation."""

    def prepare(self, constraint: Constraint) -> None:  # noqa: B027 - a hook, not a duty
        """Make what listening for this takes, so that the first caller who is asked for it does
        not wait; engines that make nothing do nothing."""

    def preview(self, audio: FloatArray) -> str:
        """Read speech that is not over, cheaply; by default nothing is read.

        Args:
            audio: as for `transcribe`.
        """
        return ""

    def close(self) -> None:  # noqa: B027 - optional
        """Free models and threads."""
