"""From the settings to recognisers that are ready."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from voicebot.hearing.recogniser import Recogniser, RecogniserError

if TYPE_CHECKING:
    from voicebot.settings import Engine, Hearing

_MENDS = {
    "whisper": "or pull one with `voicebot models pull small`",
    "greek": "(the embedded Greek model comes with the project: is the checkout whole?)",
}


def load_recogniser(settings: Hearing) -> Recogniser:
    """Load the engine that the settings name.

    Raises:
        RecogniserError: there is no such model, or it cannot be read; the text says the mend.
    """
    return _load(settings.engine, settings.model, "hearing.model", settings, settings.workers)


def load_second(settings: Hearing) -> Recogniser | None:
    """Load the engine behind the first one; None when the settings name none.

    Raises:
        RecogniserError: as `load_recogniser`.
    """
    if settings.second is None:
        return None
    place = "hearing.second_model"
    return _load(settings.second, settings.second_model, place, settings, settings.second_workers)


def _load(
    engine: Engine, model: Path | None, place: str, settings: Hearing, workers: int
) -> Recogniser:
    # Imported here: each engine takes a second and a hundred megabytes to import.
    if engine == "remote":
        from voicebot.hearing.remote import RemoteRecogniser

        return RemoteRecogniser(settings.remote)
    if model is None or not model.is_dir():
        what = "is not set" if model is None else f"{model} is no folder"
        raise RecogniserError(f"{place}: {what}; set it to a model's folder {_MENDS[engine]}")
    threads = settings.threads_per_worker
    if engine == "whisper":
        from voicebot.hearing.whisper import WhisperRecogniser

        return WhisperRecogniser(model, threads=threads, workers=workers)
    from voicebot.hearing.greek import GreekRecogniser

    return GreekRecogniser(model, threads=threads, workers=workers)
