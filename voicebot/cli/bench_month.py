"""`voicebot bench month`: a simulated month on the records and the scheduler."""

from __future__ import annotations

import asyncio
import dataclasses
import json
import logging
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from voicebot.cli.errors import CommandError

_STARTED = "start"


def month(
    days: Annotated[int, typer.Option("--days", min=1, max=366)] = 30,
    calls: Annotated[
        int, typer.Option("--calls", min=1, max=100_000, help="Calls a day, in the mean.")
    ] = 12_000,
    postgres: Annotated[
        str | None,
        typer.Option(
            help="Run on PostgreSQL: the address of an empty database (postgresql+psycopg://…), or"
            f' "{_STARTED}" to start a server for it.'
        ),
    ] = None,
    minutes: Annotated[
        float | None,
        typer.Option("--minutes", min=0.1, help="End after so long, however far it has come."),
    ] = None,
    seed: Annotated[int, typer.Option("--seed", help="Another seed, another month.")] = 1555,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Let a month pass with a virtual clock: appointments, callbacks, cases, deadlines, retention.

    Every call must end with one outcome and an owner, and every promise must be on record: exits 1
    when something does not add up. Without --postgres it runs on SQLite, in a temporary folder.
    12,000 calls a day need about forty minutes of one core; --minutes ends it earlier.
    """
    import structlog

    # Standard output is for the figures.
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    try:
        from bench.month import simulate
    except ModuleNotFoundError as error:
        raise CommandError("the bench is part of the checkout: run it from there") from error
    longest_s = None if minutes is None else minutes * 60
    with _database(postgres) as url:
        report = asyncio.run(simulate(url, days, calls, seed=seed, longest_s=longest_s))
    if as_json:
        typer.echo(json.dumps(dataclasses.asdict(report), ensure_ascii=False))
    else:
        for name, value in dataclasses.asdict(report).items():
            typer.echo(f"{name:16} {value}")
    if report.problems:
        raise typer.Exit(1)


@contextmanager
def _database(postgres: str | None) -> Iterator[str]:
    if postgres is None:
        with tempfile.TemporaryDirectory(prefix="voicebot-month-") as folder:
            yield f"sqlite:///{Path(folder) / 'records.db'}"
    elif postgres == _STARTED:
        from tests.records.postgres import server

        with server() as socket:
            yield f"postgresql+psycopg://voicebot@/postgres?host={socket}"
    else:
        yield postgres
