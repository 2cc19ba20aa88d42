"""`voicebot say` and `voicebot transcribe`: the voice and the ear alone."""

from __future__ import annotations

import asyncio
import dataclasses
import json
from pathlib import Path
from typing import Annotated

import typer

from voicebot.cli.errors import CommandError
from voicebot.rehearsal.wav import save_wav
from voicebot.settings import load_settings


def say(
    text: Annotated[str, typer.Argument(help="Greek text, written as one writes it.")],
    wav: Annotated[Path | None, typer.Option(help="File to write.")] = None,
    words: Annotated[
        bool, typer.Option("--text", help="Print the words that would be spoken.")
    ] = False,
    voice: Annotated[
        str | None,
        typer.Option(help="auto, piper, mbrola, espeak, or an espeak-ng variant such as el+f4."),
    ] = None,
    rate: Annotated[float, typer.Option(min=0.5, max=2.0, help="Speed; 1 is normal.")] = 1.0,
    sample_rate: Annotated[int, typer.Option(help="8000 or 16000 Hz.")] = 16000,
) -> None:
    """Speak a text into a WAV file, or print its words."""
    from voicebot.speaking.normaliser import normalise

    if wav is None and not words:
        raise CommandError("nothing to do: give --wav OUT, or --text to see the words")
    if sample_rate not in (8000, 16000):
        raise CommandError(f"--sample-rate {sample_rate}: use 8000 or 16000")
    if words:
        typer.echo(normalise(text))
    if wav is not None:
        pcm = asyncio.run(_render(text, voice, rate, sample_rate))
        try:
            save_wav(wav, pcm, sample_rate_hz=sample_rate)
        except OSError as error:
            raise CommandError(f"{wav} cannot be written: {error.strerror}") from error


async def _render(text: str, voice: str | None, rate: float, sample_rate: int) -> bytes:
    from voicebot.speaking.speaker import Speaker
    from voicebot.speaking.voices import load_voice

    settings = load_settings().speaking
    if voice in ("auto", "piper", "mbrola", "espeak"):
        settings = settings.model_copy(update={"engine": voice})
    elif voice is not None:
        settings = settings.model_copy(update={"engine": "espeak", "espeak_variant": voice})
    speaker = Speaker(load_voice(settings))
    try:
        return await speaker.render(text, rate=rate, sample_rate_hz=sample_rate)
    finally:
        await speaker.close()


def transcribe(
    files: Annotated[list[Path], typer.Argument(help="Audio files (WAV, FLAC, OGG).")],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """Write down what is said in audio files."""
    from voicebot.hearing.evaluation import transcribe_files
    from voicebot.hearing.loading import load_recogniser

    recogniser = load_recogniser(load_settings().hearing)
    try:
        recogniser.warm_up()
        for row in transcribe_files(files, recogniser):
            if as_json:
                typer.echo(json.dumps(dataclasses.asdict(row), ensure_ascii=False, default=str))
            else:
                typer.echo(f"{row.file}\t{row.text}")
    finally:
        recogniser.close()
