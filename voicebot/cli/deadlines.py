"""`voicebot records deadlines` and `import-deadlines`: by when cases must be answered."""

from __future__ import annotations

import asyncio
import getpass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from voicebot.settings import load_settings

if TYPE_CHECKING:
    from voicebot.records import Records
    from voicebot.records.deadlines import DeadlineRule


def import_deadlines(
    file: Annotated[Path, typer.Argument(help="YAML or CSV: agency, topic, level, how long.")],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Check and count only; change nothing.")
    ] = False,
) -> None:
    """Replace the deadlines of cases by those of a file, all or nothing.

    Open cases keep the deadline they have; the file holds for what is opened, escalated or
    reopened from now on. `records deadlines` writes what holds now, as a file to begin from.
    """
    from voicebot.records.deadline_files import read_deadlines

    rules = read_deadlines(file)
    if not dry_run:
        asyncio.run(_replace(rules))
    typer.echo(f"{'would import' if dry_run else 'imported'}: {len(rules)} deadlines")


def deadlines() -> None:
    """Write the deadlines that hold now, as YAML that `import-deadlines` takes."""
    from voicebot.records.deadline_files import written

    typer.echo(written(asyncio.run(_rules())), nl=False)


async def _replace(rules: tuple[DeadlineRule, ...]) -> None:
    records = await _open()
    try:
        await records.deadlines.replace(rules, f"command:{getpass.getuser()}")
    finally:
        await records.close()


async def _rules() -> tuple[DeadlineRule, ...]:
    records = await _open()
    try:
        return await records.deadlines.rules()
    finally:
        await records.close()


async def _open() -> Records:
    from voicebot.records import Records

    return await Records.open(load_settings().records.url, instance="command", demo_data=False)
