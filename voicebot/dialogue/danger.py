"""Whether what was said is a cry for help, and what is done when it was heard too badly to tell."""

from __future__ import annotations

from collections.abc import Callable

from voicebot.dialogue.channel import Heard, Keys, Unheard, Utterance
from voicebot.dialogue.commands import Command
from voicebot.dialogue.meaning import Meaning, Reader, Understands
from voicebot.dialogue.prompts import general, safety
from voicebot.dialogue.questions import readings
from voicebot.dialogue.signals import Distress, DistressKind, HandoffReason, PersonWanted
from voicebot.dialogue.slots import yes_or_no
from voicebot.dialogue.turns import Turns
from voicebot.understanding.expectation import Expectation, Kind
from voicebot.understanding.knowledge import Knowledge
from voicebot.understanding.knowledge_schema import Service

# Where a question was put, an unwilling reply («δεν θέλω να δώσω») resembles a cry for help; the
# phrases that surely are one (`signals` of the entry) weigh more than that. An answer that fits
# its question is hardly one at all.
_DANGER, _DANGER_IN_ANSWER = 0.9, 0.95
# Words that are doubted are only asked about, and what was misheard resembles less what was said.
# In 24 minutes of other languages and crowds no doubted text had more than 0.70.
_DANGER_IN_DOUBT = 0.75
# Who has denied it twice is asked no more: then it is a television, or a word like it.
_MOST_ASKED = 2
_SLOT = "safety_check"


def in_danger(meaning: Meaning, *, answered: bool) -> bool:
    """Whether the caller is in distress; `answered`: the words also answer a question."""
    least = _DANGER_IN_ANSWER if answered else _DANGER
    return meaning.distress is not None and meaning.interpretation.best.probability >= least


def cry_in(reader: Reader, doubted: Utterance) -> DistressKind | None:
    """The danger that is spoken of in words that may have been misheard; None for none."""
    for utterance in (Utterance(doubted.text), doubted):
        meaning = reader.read(utterance)
        for candidate in meaning.interpretation.candidates:
            if candidate.topic == Service.DISTRESS and candidate.probability >= _DANGER_IN_DOUBT:
                return meaning.distress
    return None


def alarms(knowledge: Knowledge, classifier: Understands) -> Callable[[Utterance], bool]:
    """What tells the line whether words that it doubts are worth asking about."""
    reader = Reader(knowledge, classifier)
    return lambda doubted: cry_in(reader, doubted) is not None


class DangerWatch:
    """Asks about words of danger that were heard too badly to be acted on, in one call.

    Nobody in danger is lost to a gate, and no noise starts an emergency: what is heard once is
    asked about, with the number to call; what is heard again, or agreed to, is acted on.
    """

    def __init__(self, turns: Turns, reader: Reader) -> None:
        self._turns = turns
        self._reader = reader
        self._suspected: DistressKind | None = None
        self._asked = 0

    def known(self, kind: DistressKind) -> None:
        """Somebody is in danger: from now on a doubted cry counts like another."""
        self._suspected = kind

    async def settle(self, heard: Heard) -> bool:
        """Ask whether somebody is in danger, if what was heard badly may say so.

        Returns:
            Whether it was asked, and the answer was no or none: the question under way is to be
            put again.

        Raises:
            Distress: somebody is.
            PersonWanted: the caller asked for a person instead.
            HungUp: the caller is gone.
        """
        cry = self._cry(heard)
        if cry is None:
            return False
        if self._suspected is None and self._asked >= _MOST_ASKED:
            return False
        self._turns.note_heard(heard, "")
        if self._suspected is not None:
            raise Distress(cry)
        self._asked += 1
        self._suspected = cry
        await self._turns.aside(safety.IN_DANGER)
        answer = await self._turns.listen(Expectation(Kind.YES_NO, _SLOT))
        self._turns.note_heard(answer, _SLOT)
        if self._is_denied(answer, cry):
            self._suspected = None
            await self._turns.aside(general.BACK_TO_QUESTION)
        return True

    def _cry(self, heard: Heard) -> DistressKind | None:
        if isinstance(heard, Unheard) and heard.doubted is not None:
            return cry_in(self._reader, heard.doubted)
        return None

    def _is_denied(self, answer: Heard, cry: DistressKind) -> bool:
        """Whether nobody is in danger; False when there was no clear answer."""
        again = self._cry(answer)
        agreed: bool | None = None
        match answer:
            case Utterance():
                meaning = self._reader.read(answer)
                again = meaning.distress
                agreed = yes_or_no(readings(answer))
                if again is None and agreed is None and meaning.command is Command.PERSON:
                    raise PersonWanted(HandoffReason.USER_REQUEST)
            case Keys(digits):
                agreed = {"1": True, "2": False}.get(digits.rstrip("#"))
                if digits.startswith("0"):
                    raise PersonWanted(HandoffReason.USER_REQUEST)
        if again is not None or agreed is True:
            raise Distress(again or cry)
        return agreed is False
