"""`voicebot campaign …`: information calls to many people."""

from __future__ import annotations

import asyncio
import csv
import sys
from collections.abc import Awaitable, Callable
from datetime import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from voicebot.cli.errors import CommandError
from voicebot.settings import Hours, load_settings

if TYPE_CHECKING:
    from voicebot.records import Records
    from voicebot.records.campaign_types import Progress

T = TypeVar("T")
_WHO = "command"
NAME = Annotated[str, typer.Argument(help="The campaign's name.")]

app = typer.Typer(help="Ring many people with some information.", no_args_is_help=True)


@app.command()
def create(
    file: Annotated[Path, typer.Argument(help="CSV with a column phone and those of the text.")],
    name: Annotated[str, typer.Option(help="What the campaign is called.")],
    message: Annotated[str, typer.Option(help="A text of the folder dialler.messages, no .txt.")],
    opens: Annotated[str, typer.Option("--from", help="Earliest hour.")] = "10:00",
    closes: Annotated[str, typer.Option("--until", help="Latest hour.")] = "20:00",
    quiet: Annotated[str, typer.Option(help="Hours of rest; empty for none.")] = "15:00-17:30",
    weekends: Annotated[bool, typer.Option("--weekends", help="On weekends too.")] = False,
    holidays: Annotated[bool, typer.Option("--holidays", help="On public holidays too.")] = False,
    per_minute: Annotated[float, typer.Option(min=0.01, help="Calls that begin a minute.")] = 10,
    concurrent: Annotated[int, typer.Option(min=1, help="Calls that go on at once.")] = 5,
    attempts: Annotated[int, typer.Option(min=1, max=10, help="How often one is rung.")] = 3,
    pause_minutes: Annotated[float, typer.Option(min=0, help="Between two attempts.")] = 120,
    paused: Annotated[bool, typer.Option("--paused", help="Begin with `campaign resume`.")] = False,
) -> None:
    """Check a file and ring its people, each number once, from now on."""
    from voicebot.records.campaign_files import placeholders, read_people, read_text
    from voicebot.records.campaign_types import Created, NewCampaign

    settings = load_settings().dialler
    hours = _hours(opens, closes, quiet, weekends=weekends, holidays=holidays)
    if not name.strip() or len(name) > 64:
        raise CommandError("--name: 1 to 64 characters are needed")
    text = read_text(settings.messages, message)
    _must_allow_something(hours)
    needed = placeholders(text, settings.messages / f"{message}.txt")
    people = read_people(file, needed, settings.prefixes)
    new = NewCampaign(
        name=name.strip(),
        message_key=message,
        text=text,
        hours=hours,
        calls_per_minute=per_minute,
        concurrent=concurrent,
        max_attempts=attempts,
        pause_minutes=pause_minutes,
    )

    async def work(records: Records) -> Created:
        return await records.campaigns.create(new, people, who=_WHO, paused=paused)

    created = _with_records(work)
    typer.echo(
        f"{created.campaign.name}: {created.people} people, {created.twice} lines with a number"
        f" that stood before, {created.refused} who do not want to be rung"
    )
    if settings.target is None:
        typer.echo("nobody is rung until dialler.target is set (see docs/callbacks.md)", err=True)


@app.command()
def status(name: Annotated[str, typer.Argument(help="Its name; default: all.")] = "") -> None:
    """Say how far campaigns are."""

    async def work(records: Records) -> list[Progress]:
        names = (name,) if name else await records.campaigns.names()
        return [await records.campaigns.progress(one) for one in names]

    found = _with_records(work)
    for progress in found:
        counts = ", ".join(f"{key} {number}" for key, number in sorted(progress.outcomes.items()))
        typer.echo(
            f"{progress.campaign.name}: {progress.campaign.status}; {progress.people} people,"
            f" {progress.left} left; {counts}; {progress.attempts} attempts"
        )
    if not found:
        typer.echo("there is no campaign")


@app.command()
def pause(name: NAME) -> None:
    """Begin no more calls; those that go on may end."""
    typer.echo(_with_records(lambda records: _set(records, name, go_on=False)))


@app.command()
def resume(name: NAME) -> None:
    """Go on where it stopped; nobody is rung twice for it."""
    typer.echo(_with_records(lambda records: _set(records, name, go_on=True)))


async def _set(records: Records, name: str, *, go_on: bool) -> str:
    change = records.campaigns.resume if go_on else records.campaigns.pause
    campaign = await change(name, who=_WHO)
    return f"{campaign.name}: {campaign.status}"


@app.command()
def export(
    name: NAME,
    to: Annotated[Path | None, typer.Option(help="A CSV file; default: standard output.")] = None,
) -> None:
    """Write down what became of each person."""

    async def work(records: Records) -> list[list[object]]:
        people = await records.campaigns.people(name)
        columns = [key for key, _ in people[0].values] if people else []
        rows: list[list[object]] = [
            ["phone", *columns, "outcome", "attempts", "last_attempt_at", "call_id"]
        ]
        rows += [
            [
                person.number,
                *(value for _, value in person.values),
                person.outcome,
                person.attempts,
                person.last_attempt_at.isoformat() if person.last_attempt_at else "",
                person.call_id or "",
            ]
            for person in people
        ]
        return rows

    rows = _with_records(work)
    if to is None:
        csv.writer(sys.stdout).writerows(rows)
        return
    try:
        with to.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(rows)
    except OSError as error:
        raise CommandError(f"{to}: {error.strerror}") from error


@app.command("opt-out")
def opt_out(
    number: Annotated[str, typer.Argument(help="A telephone number.")],
    remove: Annotated[bool, typer.Option("--remove", help="Ring it again.")] = False,
) -> None:
    """Never ring a number again, as its owner wishes; or again, as they wish."""

    async def work(records: Records) -> str:
        if not remove:
            await records.opt_outs.add(number, "desk", who=_WHO)
            return "it is not rung any more"
        listed = await records.opt_outs.remove(number, who=_WHO)
        return "it may be rung again" if listed else "it was not listed"

    typer.echo(_with_records(work))


def _hours(opens: str, closes: str, quiet: str, *, weekends: bool, holidays: bool) -> Hours:
    pairs = [tuple(part.split("-", 1)) for part in quiet.split(",") if part.strip()]
    try:
        return Hours(
            opens=time.fromisoformat(opens),
            closes=time.fromisoformat(closes),
            weekends=weekends,
            holidays=holidays,
            quiet=tuple(
                (time.fromisoformat(first.strip()), time.fromisoformat(last.strip()))
                for first, last in pairs
            ),
        )
    except ValueError as error:
        reason = str(error).splitlines()[0] if "\n" not in str(error) else "the order is wrong"
        raise CommandError(
            f"--from, --until, --quiet: write 10:00, 20:00, 15:00-17:30 ({reason})"
        ) from error


def _must_allow_something(hours: Hours) -> None:
    from voicebot.records.calling_hours import next_allowed
    from voicebot.records.types import utc_now

    try:
        next_allowed(hours, utc_now())
    except ValueError as error:
        raise CommandError(f"--from, --until, --quiet: {error}") from error


def _with_records(work: Callable[[Records], Awaitable[T]]) -> T:
    async def run() -> T:
        from voicebot.records import Records

        settings = load_settings().records
        records = await Records.open(settings.url, instance="command", demo_data=False)
        try:
            return await work(records)
        finally:
            await records.close()

    return asyncio.run(run())
