"""`voicebot` with a recogniser that loads and then fails on every utterance."""

from __future__ import annotations

from collections.abc import Sequence

from voicebot.cli import assembly, main
from voicebot.hearing.constraint import Constraint
from voicebot.hearing.recogniser import FloatArray, Recogniser, RecogniserError, Transcript
from voicebot.settings import Hearing


class BrokenRecogniser(Recogniser):
    """Fails."""

    name = "broken"

    def transcribe(
        self,
        audio: FloatArray,
        constraint: Constraint | None = None,
        hotwords: Sequence[str] = (),
    ) -> Transcript:
        """Fail."""
        raise RecogniserError("out of order, for a test")

    def warm_up(self) -> None:
        """Nothing to warm."""


def load_broken(settings: Hearing) -> Recogniser:
    """Stands in for the real loader."""
    return BrokenRecogniser()


if __name__ == "__main__":
    assembly.load_recogniser = load_broken  # type: ignore[attr-defined]
    main()
