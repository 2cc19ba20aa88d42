"""`voicebot records …`: what is on record, put in and taken out by whoever operates the line."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from voicebot.cli import callbacks, deadlines, keeping
from voicebot.cli.errors import CommandError
from voicebot.settings import load_settings

app = typer.Typer(help="Put in and take out what is on record.", no_args_is_help=True)
app.command()(callbacks.callbacks)
app.command()(deadlines.deadlines)
app.command()(deadlines.import_deadlines)
app.command()(keeping.work)
app.command()(keeping.purge)
app.command()(keeping.export)
app.command()(keeping.forget)
app.command()(keeping.verify_audit)


@app.command("import")
def import_(
    files: Annotated[
        list[Path], typer.Argument(help="YAML or CSV: branches, categories, exceptions, closures.")
    ],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Check and count only; change nothing.")
    ] = False,
) -> None:
    """Replace the directory of branches by that of the files, all or nothing.

    Demonstration branches go as soon as others come. Appointments that are booked stay.
    """
    from voicebot.records.directory_import import Imported

    async def work() -> Imported:
        from voicebot.records import Records

        settings = load_settings().records
        records = await Records.open(settings.url, instance="command", demo_data=False)
        try:
            return await records.directory.replace(files, dry_run=dry_run)
        finally:
            await records.close()

    done = asyncio.run(work())
    typer.echo(
        f"{'would import' if dry_run else 'imported'}: {done.branches} branches,"
        f" {done.categories} categories, {done.exceptions} exceptions, {done.closures} closures;"
        f" {done.removed} branches removed ({done.demo_removed} of the demonstration)"
    )
    if done.retired:
        typer.echo(f"kept for the appointments they have: {', '.join(done.retired)}")


@app.command("export-branches")
def export_branches(
    file: Annotated[Path | None, typer.Argument(help="YAML; default: standard output.")] = None,
) -> None:
    """Write the directory on record as YAML that `import` takes."""

    async def work() -> str:
        from voicebot.records import Records

        records = await Records.open(load_settings().records.url, instance="command")
        try:
            return await records.directory.export()
        finally:
            await records.close()

    text = asyncio.run(work())
    if file is None:
        typer.echo(text, nl=False)
        return
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise CommandError(f"{file}: {error.strerror or error}") from error
