"""Which voice the settings mean."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import structlog

from voicebot.settings import ROOT, Speaking
from voicebot.speaking.espeak import DEFAULT_VARIANT, EspeakVoice
from voicebot.speaking.voice import Voice, VoiceError

# Where `voicebot models pull` leaves models.
MODELS: Final = ROOT / "var" / "models"

_log = structlog.get_logger(__name__)


def load_espeak(settings: Speaking) -> Voice:
    """The espeak-ng voice of the settings; the plain "el" stands for the chosen variant."""
    variant = settings.espeak_variant
    return EspeakVoice(DEFAULT_VARIANT if variant == "el" else variant, nasal=True)


def find_piper_voice(settings: Speaking, models: Path = MODELS) -> Path | None:
    """The Piper voice of the settings, or a Greek one that was pulled; None when there is none."""
    if settings.piper_voice is not None:
        return settings.piper_voice
    return min(models.glob("el_GR-*/el_GR-*.onnx"), default=None)


def load_voice(settings: Speaking, models: Path = MODELS) -> Voice:
    """Load the voice of the line.

    "auto" takes Piper when its voice is on disk and espeak-ng otherwise; a named engine is taken
    or refused.

    Raises:
        VoiceError: the engine or its voice is missing; the text says the mend.
    """
    if settings.engine == "espeak":
        return load_espeak(settings)
    if settings.engine == "mbrola":
        from voicebot.speaking.mbrola import MbrolaVoice

        return MbrolaVoice()
    model = find_piper_voice(settings, models)
    if model is None:
        if settings.engine == "piper":
            raise VoiceError(
                f"no Piper voice in {models}; fetch one with "
                "`voicebot models pull el_GR-rapunzelina-low`, set speaking.piper_voice, "
                "or set speaking.engine to auto"
            )
        return load_espeak(settings)
    # Piper takes a second to import: only those who use it wait.
    from voicebot.speaking.piper import PiperVoice

    try:
        return PiperVoice(model)
    except VoiceError as error:
        if settings.engine == "piper" or settings.piper_voice is not None:
            raise
        _log.warning("pulled voice unusable, espeak-ng speaks", error=str(error))
        return load_espeak(settings)


def load_fallback(settings: Speaking, voice: Voice) -> Voice | None:
    """What speaks when `voice` fails; None when that is espeak-ng already."""
    return None if isinstance(voice, EspeakVoice) else load_espeak(settings)
