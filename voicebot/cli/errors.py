"""The errors whose text is meant for the person who gave the command."""

from __future__ import annotations


class CommandError(Exception):
    """A command cannot do what was asked; the text says why and the mend."""


def known_errors() -> tuple[type[Exception], ...]:
    """All typed errors of the project."""
    from voicebot.downloads import DownloadError
    from voicebot.hearing.recogniser import RecogniserError
    from voicebot.records.errors import RecordsError
    from voicebot.rehearsal.server import LineDidNotStart
    from voicebot.settings import SettingsError
    from voicebot.speaking.voice import VoiceError
    from voicebot.telephony.call import CallFailed, PhoneError
    from voicebot.understanding.errors import UnderstandingError

    return (
        CallFailed,
        CommandError,
        DownloadError,
        LineDidNotStart,
        PhoneError,
        RecogniserError,
        RecordsError,
        SettingsError,
        UnderstandingError,
        VoiceError,
    )
