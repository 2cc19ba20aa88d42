"""`voicebot records callbacks`: what became of the promises to ring back."""

from __future__ import annotations

import asyncio
import json
from dataclasses import asdict
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from voicebot.cli.errors import CommandError
from voicebot.settings import load_settings

if TYPE_CHECKING:
    from voicebot.records.dial_types import CallbackFigures


def callbacks(
    since: Annotated[
        str, typer.Option(help="A day (2026-11-01), a moment, or so many days back (30d).")
    ] = "30d",
    as_json: Annotated[bool, typer.Option("--json", help="As one JSON object.")] = False,
) -> None:
    """Count callbacks asked for since a day: kept, late, given up, and how long people waited.

    A callback that was not kept is never left out of what is said about waiting.
    """
    figures = asyncio.run(_figures(since))
    if as_json:
        typer.echo(json.dumps(as_dict(figures), ensure_ascii=False))
        return
    for line in as_lines(figures):
        typer.echo(line)


async def _figures(since: str) -> CallbackFigures:
    from voicebot.records import Records
    from voicebot.records.types import utc_now

    settings = load_settings().records
    records = await Records.open(settings.url, instance="command", demo_data=False)
    try:
        return await records.callbacks.figures(moment(since, utc_now()))
    finally:
        await records.close()


def moment(text: str, now: datetime) -> datetime:
    """A day, a moment, or days back from now.

    Raises:
        CommandError: it is none of them.
    """
    from voicebot.records.types import ATHENS

    if text.endswith("d") and text[:-1].isdigit():
        return now - timedelta(days=int(text[:-1]))
    try:
        parsed = datetime.fromisoformat(text)
    except ValueError as error:
        raise CommandError(f"--since: {text!r}: write 2026-11-01, or 30d") from error
    if len(text) <= len("2026-11-01"):
        parsed = datetime.combine(parsed.date(), time(), ATHENS)
    return parsed if parsed.tzinfo is not None else parsed.replace(tzinfo=ATHENS)


def as_dict(figures: CallbackFigures) -> dict[str, Any]:
    """For JSON: moments as ISO 8601, enumerations by value, no agency as an empty name."""
    plain = asdict(figures)
    plain["since"] = figures.since.isoformat()
    for name in ("attempts", "results", "origins", "by_agency"):
        plain[name] = {_name(key): number for key, number in plain[name].items()}
    return plain


def as_lines(figures: CallbackFigures) -> list[str]:
    """For people."""
    return [
        f"asked for since {figures.since:%Y-%m-%d %H:%M}: {figures.requested}",
        f"  kept in their window {figures.kept}, late {figures.late}, given up {figures.given_up},"
        f" cancelled {figures.cancelled}",
        f"  open: waiting {figures.waiting}, window over {figures.overdue}",
        f"  broken promises (late, given up, or window over): {figures.broken}",
        f"  from the request to being connected: median {_span(figures.median_wait_s)},"
        f" 95 % within {_span(figures.p95_wait_s)} (those connected)",
        f"  the same with all who still wait or never were connected: median at least"
        f" {_span(figures.median_wait_all_s)}; oldest open {_span(figures.oldest_open_s)}",
        "  times rung: callbacks: " + (_counts(figures.attempts) or "none"),
        "  how attempts ended: " + (_counts(figures.results) or "none"),
        "  why: " + (_counts(figures.origins) or "none"),
    ]


def _name(key: object) -> str:
    return "" if key is None else str(key)


def _counts(counts: dict[Any, int]) -> str:
    return ", ".join(f"{key}: {number}" for key, number in counts.items())


def _span(seconds: float | None) -> str:
    return "none" if seconds is None else str(timedelta(seconds=round(seconds)))
