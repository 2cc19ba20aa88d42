"""A citizen's part in a conversation: what is answered to which question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from voicebot.rehearsal.citizen import CallOver, Citizen


@dataclass(frozen=True)
class Script:
    """What a citizen wants and knows.

    Attributes:
        title: one line for people.
        opening: said to open questions, one after the other; when used up, "" ends the call.
        answers: what is said to a question for a slot; the last answer of a slot is repeated.
        voice: espeak-ng variant of this citizen.
        number: the number this citizen calls from.
    """

    title: str
    opening: Sequence[str]
    answers: Mapping[str, Sequence[str]] = field(default_factory=dict)
    voice: str = "el+f3"
    number: str = "2105551234"


async def play(citizen: Citizen, script: Script, *, max_turns: int = 40) -> None:
    """Hold the conversation until the line or the citizen has nothing more to say.

    A question for a slot that the script does not know is answered like an open one.
    """
    opening = iter(script.opening)
    used: dict[str, int] = {}
    for _ in range(max_turns):
        try:
            slot = await citizen.question()
        except CallOver:
            return
        answers = script.answers.get(slot)
        if answers:
            turn = used.get(slot, 0)
            used[slot] = turn + 1
            text = answers[min(turn, len(answers) - 1)]
        else:
            text = next(opening, "")
        if not text:
            return
        await citizen.say(text)
