"""`voicebot bench …`: performance, measured by commands that can be repeated."""

from __future__ import annotations

import asyncio
import dataclasses
import json
from typing import Annotated

import typer

from voicebot.cli import bench_hearing, bench_month
from voicebot.cli.errors import CommandError

app = typer.Typer(help="Measure the line under load.", no_args_is_help=True)
app.command()(bench_month.month)
app.command()(bench_hearing.hearing)
app.command()(bench_hearing.endpointing)
app.command()(bench_hearing.quiet)


@app.callback()
def group() -> None:
    """Measure the line under load."""


@app.command()
def calls(
    count: Annotated[int, typer.Option("--calls", min=1, max=200, help="Calls at once.")] = 20,
    seconds: Annotated[
        float, typer.Option("--seconds", min=5, max=900, help="How long calls are placed.")
    ] = 60.0,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Place many real calls at once and measure on the wire.

    Times run from the last packet of the caller's speech to the first packet of the line's.
    """
    try:
        from bench.calls import measure
    except ModuleNotFoundError as error:
        raise CommandError("the bench is part of the checkout: run it from there") from error

    report = asyncio.run(measure(count, seconds))
    if as_json:
        typer.echo(json.dumps(dataclasses.asdict(report)))
        return
    for name, value in dataclasses.asdict(report).items():
        typer.echo(f"{name:20} {value}")
