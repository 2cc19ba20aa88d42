"""The caller's end of a call that is played from a script, whatever is heard of the caller."""

from __future__ import annotations

from voicebot.dialogue.channel import Briefing, Channel, HandoffResult
from voicebot.dialogue.scripts import ScriptCall


class PlayedChannel(Channel):
    """Keeps what the line says and how the call ends; what is heard is left to those below.

    Attributes:
        said: everything that the line said.
        end: "normal", "transferred" or "hung_up".
    """

    def __init__(self, script: ScriptCall, call_id: str) -> None:
        self.call_id = call_id
        self.caller_number = script.seed.caller
        self.said: list[str] = []
        self.end = "hung_up"
        self._agents = [HandoffResult(result) for result in script.seed.agents]

    async def say(self, text: str, *, interruptible: bool = True) -> None:
        """Keep what was said."""
        self.said.append(text)

    async def hand_off(self, briefing: Briefing, *, queue: str) -> HandoffResult:
        """The agents that the script has, then nobody."""
        result = self._agents.pop(0) if self._agents else HandoffResult.NO_ANSWER
        if result is HandoffResult.CONNECTED:
            self.end = "transferred"
        return result

    async def hang_up(self) -> None:
        """The line ends the call."""
        self.end = "normal"

    def set_rate(self, rate: float) -> None:
        """What the line says is not spoken."""

    def set_gain(self, decibels: float) -> None:
        """What the line says is not spoken."""
