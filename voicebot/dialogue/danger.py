"""Whether what was said is a cry for help."""

from __future__ import annotations

from voicebot.dialogue.meaning import Meaning

# An answer that fits its question is hardly a cry for help, unless it surely is one.
_DANGER, _DANGER_IN_ANSWER = 0.5, 0.85


def in_danger(meaning: Meaning, *, answered: bool) -> bool:
    """Whether the caller is in distress; `answered`: the words also answer a question."""
    least = _DANGER_IN_ANSWER if answered else _DANGER
    return meaning.distress is not None and meaning.interpretation.best.probability >= least
