"""`voicebot bench hearing`, `endpointing` and `quiet`: the ear, measured without calls."""

from __future__ import annotations

import asyncio
import dataclasses
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any

import structlog
import typer

from voicebot.cli.errors import CommandError

Json = Annotated[bool, typer.Option("--json", help="One JSON object.")]


def hearing(
    rounds: Annotated[
        int, typer.Option("--rounds", min=2, max=500, help="Utterances of each kind.")
    ] = 20,
    seconds: Annotated[
        float, typer.Option("--seconds", min=2, max=600, help="How long the load lasts.")
    ] = 30.0,
    per_second: Annotated[
        float, typer.Option("--per-second", min=0.5, max=200, help="Utterances a second.")
    ] = 16.0,
    as_json: Json = False,
) -> None:
    """What recognition costs: utterances of 3 s on one thread, a load, memory.

    Beside it, in the same run, faster-whisper's transcribe with models of the stock sizes tiny and
    base. Their weights are random: they are as quick as real ones, and understand nothing.
    """
    with _bench():
        from bench.hearing import measure

        _print(measure(rounds, seconds, per_second), as_json)


def endpointing(
    count: Annotated[
        int, typer.Option("--count", min=3, max=1000, help="Answers of each kind.")
    ] = 45,
    as_json: Json = False,
) -> None:
    """When the line takes a caller for done: too early how often, how long after the last word.

    By kind of answer and pace, ended by silence alone (before) and as the line does it (after).
    """
    with _bench():
        from bench.endpointing import measure

        _print(asyncio.run(measure(count)), as_json)


def quiet(
    minutes: Annotated[
        float, typer.Option("--minutes", min=0.5, max=600, help="Of sound in all.")
    ] = 60.0,
    as_json: Json = False,
) -> None:
    """How often the line acts on silence, noise, music, tones, a crowd, and other languages.

    And which share of real answers by held-out voices it refuses to believe.
    """
    with _bench():
        from bench.quiet import measure

        _print(asyncio.run(measure(minutes)), as_json)


@contextmanager
def _bench() -> Iterator[None]:
    """The benches lie in the checkout; what the line would log while it hears is left out."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    try:
        yield
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] != "bench":
            raise
        raise CommandError("the bench is part of the checkout: run it from there") from error


def _print(report: Any, as_json: bool) -> None:
    fields = dataclasses.asdict(report)
    if as_json:
        typer.echo(json.dumps(fields, ensure_ascii=False))
        return
    for name, value in fields.items():
        if not isinstance(value, dict):
            typer.echo(f"{name:20} {value}")
            continue
        typer.echo(name)
        for key, inner in value.items():
            typer.echo(f"  {key:20} {json.dumps(inner, ensure_ascii=False)}")
