"""A citizen's part in a conversation: what is answered to which question."""

from __future__ import annotations

from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict

from voicebot.rehearsal.citizen import CallOver, Citizen

DEMO = Path(__file__).parent / "demo.yaml"


class Script(BaseModel):
    """What a citizen wants and knows.

    Attributes:
        name: short name, unique in a file.
        title: one line for people.
        opening: said to open questions, one after the other; then the citizen hangs up.
        answers: what is said to a question for a slot; the last answer of a slot is repeated.
        voice: espeak-ng variant of this citizen.
        number: the number this citizen calls from.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    title: str
    opening: tuple[str, ...]
    answers: dict[str, tuple[str, ...]] = {}
    voice: str = "el+f3"
    number: str = "2105551234"


def load_scripts(path: Path = DEMO) -> list[Script]:
    """The scripts of a YAML file.

    Raises:
        pydantic.ValidationError, OSError: it is not one.
    """
    return [Script.model_validate(item) for item in yaml.safe_load(path.read_text("utf-8"))]


async def play(citizen: Citizen, script: Script, *, max_turns: int = 40) -> None:
    """Hold the conversation until the line or the citizen has nothing more to say.

    A question for a slot that the script does not know is answered like an open one. A citizen who
    was not understood says the same again.
    """
    used: dict[str, int] = {}
    for _ in range(max_turns):
        try:
            asked = await citizen.question()
        except CallOver:
            return
        kind = asked.slot if asked.slot in script.answers else ""
        answers = script.answers.get(kind, script.opening)
        turn = used.get(kind, 0)
        if asked.again and turn:
            turn -= 1
        used[kind] = turn + 1
        if turn >= len(answers) and not kind:
            return
        await citizen.say(answers[min(turn, len(answers) - 1)])
