"""`voicebot records purge, export, forget, verify-audit, work`: what is kept, for how long, and
proof of it."""

from __future__ import annotations

import asyncio
import getpass
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from voicebot.cli.errors import CommandError
from voicebot.settings import load_settings

if TYPE_CHECKING:
    from voicebot.records import Records, WorkSummary

T = TypeVar("T")

_NO_ANSWER = 2
Phone = Annotated[str | None, typer.Option(help="The person's telephone.")]
Afm = Annotated[str | None, typer.Option(help="The person's ΑΦΜ.")]


def purge(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Count only; change nothing.")] = False,
) -> None:
    """Delete or blank what has been kept long enough, as the settings say (retention).

    The scheduler does so every night; this does it now.
    """
    settings = load_settings()
    times = settings.retention

    async def work(records: Records) -> None:
        keeping = records.retention
        counts = await (keeping.due(times) if dry_run else keeping.purge(times))
        for data, number in counts.items():
            days = getattr(times, f"{data}_days")
            typer.echo(f"{data:13} {number:8}  kept {days} days after its end")
        typer.echo("nothing was changed" if dry_run else "purged")

    _with_records(work)


def export(
    phone: Phone = None,
    afm: Afm = None,
    file: Annotated[
        Path | None, typer.Option("--file", help="Where to write; default: standard output.")
    ] = None,
) -> None:
    """Write all that is kept about one person as JSON. The request goes into the audit."""

    async def work(records: Records) -> None:
        found = await records.privacy.export(who=_operator(), phone=phone, afm=afm)
        text = json.dumps(found, ensure_ascii=False, indent=1)
        if file is None:
            typer.echo(text)
            return
        try:
            file.touch(mode=0o600)
            file.chmod(0o600)  # also where there was such a file
            file.write_text(text + "\n", encoding="utf-8")
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror or error}") from error
        typer.echo(f"written to {file}, readable by you alone")

    _with_records(work)


def forget(
    phone: Phone = None,
    afm: Afm = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Count only; change nothing.")] = False,
) -> None:
    """Delete or blank what is personal about one person. The request goes into the audit.

    Open promises stay until they are kept or cancelled; telephones may be shared, so look at the
    export first.
    """

    async def work(records: Records) -> None:
        done = await records.privacy.forget(who=_operator(), phone=phone, afm=afm, dry_run=dry_run)
        for data, number in done.treated.items():
            if number:
                typer.echo(f"{data:13} {number:8}")
        if dry_run:
            typer.echo("nothing was changed")
        else:
            forgot = any(done.treated.values())
            typer.echo("forgotten" if forgot else "nothing could be forgotten")
        if done.kept:
            listed = ", ".join(f"{number} {table}" for table, number in done.kept.items())
            typer.echo(f"kept, because open: {listed}; cancel or keep them, then do this again")

    _with_records(work)


def verify_audit(
    expect: Annotated[
        str | None,
        typer.Option(help="SEQUENCE:HASH as this command printed it earlier: finds a cut-off end."),
    ] = None,
) -> None:
    """Look through the chain of changes; name the first row that was changed or taken out."""
    expected = _expected(expect)

    async def work(records: Records) -> None:
        verdict = await records.audit.verify(expected)
        if verdict.broken_at is not None:
            raise CommandError(
                f"audit: broken at row {verdict.broken_at}: {verdict.reason}; "
                f"{verdict.rows} rows before it are sound"
            )
        typer.echo(f"sound: {verdict.rows} rows")
        typer.echo(f"{verdict.rows}:{verdict.head}")

    _with_records(work)


def work(
    again: Annotated[
        int | None, typer.Option(help="Make this failed work due now: the reason is mended.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """Show how much due work there is, and what was given up and why. Exits 2 if anything was."""

    async def show(records: Records) -> None:
        if again is not None:
            await records.work.again(again)
            typer.echo(f"work {again} is due now")
            return
        failed = await records.work.failed()
        if as_json:
            for found in failed:
                typer.echo(_json(found))
        else:
            for kind, states in sorted((await records.work.counts()).items()):
                counted = ", ".join(f"{number} {state}" for state, number in states.items())
                typer.echo(f"{kind}: {counted}")
            typer.echo(f"overdue by more than five minutes: {await records.work.overdue()}")
            for found in failed:
                typer.echo(
                    f"failed {found.work_id}: {found.kind} of {found.subject} after "
                    f"{found.attempts} tries: {found.last_error}"
                )
        if failed:
            raise typer.Exit(_NO_ANSWER)

    _with_records(show)


def _json(found: WorkSummary) -> str:
    values = {
        "work_id": found.work_id,
        "kind": found.kind,
        "subject": found.subject,
        "key": found.key,
        "due_at": found.due_at.isoformat(),
        "attempts": found.attempts,
        "last_error": found.last_error,
    }
    return json.dumps(values, ensure_ascii=False)


def _expected(text: str | None) -> tuple[int, str] | None:
    if text is None:
        return None
    sequence, _, digest = text.partition(":")
    if not sequence.isdigit() or len(digest) != 64:
        raise CommandError("--expect: SEQUENCE:HASH is needed, as verify-audit prints it")
    return int(sequence), digest


def _operator() -> str:
    return f"command:{getpass.getuser()}"


def _with_records(use: Callable[[Records], Awaitable[T]]) -> T:
    async def run() -> T:
        from voicebot.records import Records

        records = await Records.open(
            load_settings().records.url, instance="command", demo_data=False
        )
        try:
            return await use(records)
        finally:
            await records.close()

    return asyncio.run(run())
