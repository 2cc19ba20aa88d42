"""Plays scripted callers against the dialogue in text and says what came of each call."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from voicebot.dialogue.channel import Heard, HungUp, Keys, Silence, Utterance
from voicebot.dialogue.converse import Services, converse
from voicebot.dialogue.events import Event
from voicebot.dialogue.journal import Journal
from voicebot.dialogue.meaning import Understands
from voicebot.dialogue.script_channel import PlayedChannel
from voicebot.dialogue.script_checks import Evidence, PlayedTurn, failures
from voicebot.dialogue.script_scene import make_template, scene_of
from voicebot.dialogue.script_turns import ScriptTurns
from voicebot.dialogue.scripts import ScriptCall, ScriptFile
from voicebot.settings import Dialogue
from voicebot.understanding.expectation import FREE, Expectation
from voicebot.understanding.knowledge import Knowledge

_MOST_TURNS = 120


@dataclass(frozen=True)
class CallResult:
    """What came of one scripted call; `events` is all that happened in it."""

    id: str
    passed: bool
    failures: tuple[str, ...]
    outcome: str
    agent_turns: int
    seconds: float
    events: tuple[Event, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """For JSON, without the events."""
        return {name: value for name, value in vars(self).items() if name != "events"}


def totals(results: list[CallResult]) -> dict[str, int]:
    """How many calls passed."""
    passed = sum(result.passed for result in results)
    return {"calls": len(results), "passed": passed, "failed": len(results) - passed}


async def play_file(
    scripts: ScriptFile, knowledge: Knowledge, classifier: Understands, settings: Dialogue
) -> AsyncIterator[CallResult]:
    """Play every call of a file, each with records of its own."""
    with TemporaryDirectory(prefix="voicebot-scripts-") as folder:
        template = await make_template(Path(folder))
        for call in scripts.calls:
            yield await play_call(
                call, scripts.moment, knowledge, classifier, settings, template=template
            )


async def play_call(
    call: ScriptCall,
    moment: datetime,
    knowledge: Knowledge,
    classifier: Understands,
    settings: Dialogue,
    *,
    template: Path,
) -> CallResult:
    """Play one call on a copy of the template database."""
    began = time.perf_counter()
    async with scene_of(call, moment, settings, template=template) as scene:
        journal = Journal()
        channel = ScriptChannel(call, scene.numbers, journal)
        outcome = await converse(
            channel,
            Services(knowledge, classifier, scene.records),
            scene.settings,
            clock=lambda: moment,
            observers=(journal,),
            course=scene.course,
        )
    evidence = Evidence(journal, channel.said, channel.played, channel.end, scene.numbers)
    wrong = tuple(failures(call, evidence))
    return CallResult(
        call.id,
        not wrong,
        wrong,
        outcome.value,
        channel.agent_turns,
        round(time.perf_counter() - began, 3),
        tuple(journal.events),
    )


class ScriptChannel(PlayedChannel):
    """A caller who follows a script, in whatever order the questions come.

    Attributes:
        played: the turns that were used, with the events that had happened before each.
        agent_turns: how often the line gave the caller the word.
    """

    def __init__(self, call: ScriptCall, numbers: Mapping[str, str], journal: Journal) -> None:
        super().__init__(call, f"script-{call.id}")
        self.played: list[PlayedTurn] = []
        self.agent_turns = 0
        self._turns = ScriptTurns(call, numbers)
        self._journal = journal

    async def listen(self, expectation: Expectation = FREE, *, timeout: timedelta) -> Heard:
        """The next turn for the question.

        Raises:
            HungUp: the script says so, or has nothing more to say.
        """
        self.agent_turns += 1
        turn = self._turns.next(expectation.slot)
        if turn is None or turn.hang_up or self.agent_turns > _MOST_TURNS:
            raise HungUp
        before = len(self._journal.events)
        self.played.append(PlayedTurn(expectation.slot, turn, before, self.agent_turns))
        if turn.say is not None:
            return Utterance(self._turns.filled(turn.say))
        return Silence() if turn.dtmf is None else Keys(self._turns.filled(turn.dtmf))
