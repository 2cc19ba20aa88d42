"""One call put together: telephone, ear, dialogue and voice, and the service of all calls."""

# isort: off
import voicebot.line.quiet  # noqa: F401 - first
from voicebot.line.channel import PhoneChannel
from voicebot.line.service import Line
from voicebot.line.session import MakeDialogue
from voicebot.line.timing import CallObserver, TurnTiming

__all__ = ["CallObserver", "Line", "MakeDialogue", "PhoneChannel", "TurnTiming"]
