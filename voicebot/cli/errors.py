"""The errors whose text is meant for the person who gave the command."""

from __future__ import annotations


class CommandError(Exception):
    """A command cannot do what was asked; the text says why and the mend."""


def known_errors() -> tuple[type[Exception], ...]:
    """All typed errors of the project."""
    from voicebot.desk import DeskError
    from voicebot.dialogue.scripts import ScriptError
    from voicebot.downloads import DownloadError
    from voicebot.hearing.evaluation import ManifestError
    from voicebot.hearing.recogniser import RecogniserError
    from voicebot.hearing.vad import VadError
    from voicebot.operations.gateways.base import GatewayError
    from voicebot.records.errors import RecordsError
    from voicebot.rehearsal.server import LineDidNotStart
    from voicebot.settings import SettingsError
    from voicebot.speaking.voice import VoiceError
    from voicebot.telephony.call import CallFailed, PhoneError
    from voicebot.understanding.capture_evaluation import CapturesError
    from voicebot.understanding.classifier import ClassifierError
    from voicebot.understanding.evaluation import EvaluationError
    from voicebot.understanding.knowledge import KnowledgeError

    return (
        CallFailed,
        CapturesError,
        ClassifierError,
        CommandError,
        DeskError,
        DownloadError,
        EvaluationError,
        GatewayError,
        KnowledgeError,
        LineDidNotStart,
        ManifestError,
        PhoneError,
        RecogniserError,
        RecordsError,
        ScriptError,
        SettingsError,
        VadError,
        VoiceError,
    )
