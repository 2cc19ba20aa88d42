"""What people see: the agents' page, live."""

from __future__ import annotations

from voicebot.desk.app import create_app
from voicebot.desk.live import LiveCalls
from voicebot.desk.server import DeskError, serving
from voicebot.desk.tokens import desk_token

__all__ = ["DeskError", "LiveCalls", "create_app", "desk_token", "serving"]
