"""From which confidence on a text counts as said to the line, by what was asked."""

from __future__ import annotations

from voicebot.hearing.recogniser import Transcript
from voicebot.settings import Hearing

# Nobody speaks for the longest time allowed without a pause; a television does, and a crowd.
_MIN_OF_ENDLESS = 0.6


def is_believed(
    transcript: Transcript, settings: Hearing, *, asked_for_value: bool, truncated: bool
) -> bool:
    """Whether the dialogue is given a text; if not it asks again, which costs a turn, but a noise
    or a stranger's words taken for an answer cost more.

    Args:
        transcript: with the reading that came first against the grammar's, if there was one.
        settings: the least confidences.
        asked_for_value: there was a grammar; what is not of it is then something else than was
            asked for, and must be surer.
        truncated: it was cut off because it did not end.
    """
    if truncated and transcript.confidence < _MIN_OF_ENDLESS:
        return False
    if transcript.constrained:
        return transcript.confidence >= settings.min_confidence_answer
    least = settings.min_confidence_aside if asked_for_value else settings.min_confidence
    return transcript.confidence >= least
