"""One typed tree of settings: `voicebot.toml`, then `VOICEBOT_*` environment variables.

Nested names join with two underscores: `VOICEBOT_TELEPHONY__SIP_PORT=5080`.
"""

from voicebot.settings.conversation import Dialogue, Hours, Speaking, Understanding
from voicebot.settings.hearing import Engine, Hearing, Remote
from voicebot.settings.operations import Desk, Messages, Scheduler
from voicebot.settings.records import Appointments, Records, Retention
from voicebot.settings.section import ROOT
from voicebot.settings.telephony import Dialler, Telephony
from voicebot.settings.tree import Settings, SettingsError, load_settings

__all__ = [
    "ROOT",
    "Appointments",
    "Desk",
    "Dialler",
    "Dialogue",
    "Engine",
    "Hearing",
    "Hours",
    "Messages",
    "Records",
    "Remote",
    "Retention",
    "Scheduler",
    "Settings",
    "SettingsError",
    "Speaking",
    "Telephony",
    "Understanding",
    "load_settings",
]
