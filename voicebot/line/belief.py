"""What of a transcript counts as said to the line, by what was asked and how sure it is."""

from __future__ import annotations

from voicebot.hearing.constraint import Constraint
from voicebot.hearing.recogniser import Transcript
from voicebot.line.constraints import is_value, weighed
from voicebot.settings import Hearing

# Nobody speaks for the longest time allowed without a pause; a television does, and a crowd.
_MIN_OF_ENDLESS = 0.6
# Known words for so few sounds are found in any language.
_SHORT_LETTERS = 14


def taken(
    transcript: Transcript,
    settings: Hearing,
    *,
    constraint: Constraint | None,
    is_open: bool,
    truncated: bool,
) -> tuple[Transcript, bool]:
    """A transcript with the likelier of grammar and free speech first, and whether the dialogue is
    given it. See `weighed` and `is_believed`."""
    transcript = weighed(transcript, constraint, is_open=is_open)
    believed = bool(transcript.text) and is_believed(
        transcript, settings, constraint=constraint, truncated=truncated
    )
    return transcript, believed


def is_worth_asking(transcript: Transcript, settings: Hearing) -> bool:
    """Whether a text that is not believed is asked about if it is a cry for help: whoever is in
    danger gasps, cries or whispers, and is heard worse than others."""
    return bool(transcript.text) and transcript.confidence >= settings.min_confidence_danger


def is_believed(
    transcript: Transcript,
    settings: Hearing,
    *,
    constraint: Constraint | None,
    truncated: bool,
) -> bool:
    """Whether the dialogue is given a text; if not it asks again, which costs a turn, but a noise
    or a stranger's words taken for an answer cost more.

    Args:
        transcript: with the reading that came first against the grammar's, if there was one.
        settings: the least confidences.
        constraint: what was listened for. What is not of a grammar is something else than was
            asked for, and must be surer; so must a few words where anything may be said.
        truncated: it was cut off because it did not end.
    """
    if truncated and transcript.confidence < _MIN_OF_ENDLESS:
        return False
    if transcript.constrained:
        return transcript.confidence >= settings.min_confidence_answer
    if is_value(constraint):
        return transcript.confidence >= settings.min_confidence_aside
    # Names are short, and asked for.
    letters = sum(map(str.isalpha, transcript.text))
    is_short = constraint is None and letters <= _SHORT_LETTERS
    least = settings.min_confidence_short if is_short else settings.min_confidence
    return transcript.confidence >= least
