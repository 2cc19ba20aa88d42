"""`voicebot desk …`: who may log in at the desk."""

from __future__ import annotations

import asyncio
import getpass
import secrets
import sys
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from voicebot.cli.errors import CommandError
from voicebot.records.people_types import DeskRole
from voicebot.settings import load_settings

if TYPE_CHECKING:
    from voicebot.records import Records

T = TypeVar("T")

app = typer.Typer(help="The desk where people work.", no_args_is_help=True)
users = typer.Typer(help="Who may log in by name.", no_args_is_help=True)
app.add_typer(users, name="users")


@app.callback()
def group() -> None:
    """The desk where people work."""


@users.command()
def add(
    name: Annotated[str, typer.Argument(help="Small Latin letters, such as maria.p")],
    role: Annotated[
        DeskRole,
        typer.Option(
            help="agent: calls, callbacks, cases; supervisor: figures too; editor: drafts."
        ),
    ] = DeskRole.AGENT,
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password from standard input.")
    ] = False,
) -> None:
    """Let somebody in. Without --password-stdin the password is asked for on a terminal, else made
    and printed once."""
    password, made = _password(password_stdin)

    async def work(records: Records) -> None:
        await records.desk_users.add(name, role, password, who=_operator())

    _run(work)
    typer.echo(f"{name} may log in as {role}")
    if made:
        typer.echo(f"password (shown only now): {password}")


@users.command()
def remove(name: Annotated[str, typer.Argument()]) -> None:
    """Shut somebody out at once; what they did stays theirs."""

    async def work(records: Records) -> None:
        await records.desk_users.remove(name, who=_operator())

    _run(work)
    typer.echo(f"{name} can no longer log in")


@users.command("list")
def list_() -> None:
    """Everybody, by name."""

    async def work(records: Records) -> list[str]:
        lines = []
        for user in await records.desk_users.all():
            state = "removed" if user.disabled_at is not None else ""
            lines.append(f"{user.name:24} {user.role:12} {state}".rstrip())
        return lines

    for line in _run(work):
        typer.echo(line)


def _password(from_stdin: bool) -> tuple[str, bool]:
    """The password, and whether it was made here."""
    if from_stdin:
        return sys.stdin.readline().rstrip("\n"), False
    if not sys.stdin.isatty():
        return secrets.token_urlsafe(12), True
    password = getpass.getpass("Password (empty: make one): ")
    if not password:
        return secrets.token_urlsafe(12), True
    if getpass.getpass("Again: ") != password:
        raise CommandError("the two passwords differ; nothing was changed")
    return password, False


def _operator() -> str:
    return f"command:{getpass.getuser()}"


def _run(work: Callable[[Records], Awaitable[T]]) -> T:
    from voicebot.records import Records

    async def opened() -> T:
        records = await Records.open(
            load_settings().records.url, instance="command", demo_data=False
        )
        try:
            return await work(records)
        finally:
            await records.close()

    return asyncio.run(opened())
