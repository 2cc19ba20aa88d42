"""Whether what was said is a cry for help."""

from __future__ import annotations

from voicebot.dialogue.meaning import Meaning

# Where a question was put, an unwilling reply («δεν θέλω να δώσω») resembles a cry for help; the
# phrases that surely are one (`signals` of the entry) weigh more than that. An answer that fits
# its question is hardly one at all.
_DANGER, _DANGER_IN_ANSWER = 0.9, 0.95


def in_danger(meaning: Meaning, *, answered: bool) -> bool:
    """Whether the caller is in distress; `answered`: the words also answer a question."""
    least = _DANGER_IN_ANSWER if answered else _DANGER
    return meaning.distress is not None and meaning.interpretation.best.probability >= least
