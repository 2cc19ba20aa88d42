"""From the settings to a recogniser that is ready."""

from __future__ import annotations

from voicebot.hearing.recogniser import Recogniser, RecogniserError
from voicebot.settings import Hearing


def load_recogniser(settings: Hearing) -> Recogniser:
    """Load the engine that the settings name.

    Raises:
        RecogniserError: there is no such model, or it cannot be read; the text says the mend.
    """
    if not settings.model.is_dir():
        raise RecogniserError(
            f"hearing.model: {settings.model} is no folder; set it to a model's folder"
            + (
                " or pull one with `voicebot models pull small`"
                if settings.engine == "whisper"
                else " (the embedded Greek model comes with the project: is the checkout whole?)"
            )
        )
    # Imported here: each engine takes a second and a hundred megabytes to import.
    if settings.engine == "whisper":
        from voicebot.hearing.whisper import WhisperRecogniser

        return WhisperRecogniser(
            settings.model, threads=settings.threads_per_worker, workers=settings.workers
        )
    from voicebot.hearing.greek import GreekRecogniser

    return GreekRecogniser(
        settings.model, threads=settings.threads_per_worker, workers=settings.workers
    )
