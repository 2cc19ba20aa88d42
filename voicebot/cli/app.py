"""The command and what it does with errors: one clear sentence, never a traceback.

The commands import what they need when they run: `voicebot say` does not wait for a SIP stack.
"""

from __future__ import annotations

import sys
from typing import NoReturn

import typer

from voicebot import __version__
from voicebot.cli import (
    bench,
    campaign,
    demo,
    desk,
    doctor,
    evaluate,
    knowledge,
    models,
    records,
    scheduler,
    serve,
    speech,
)
from voicebot.cli.errors import known_errors

app = typer.Typer(
    name="voicebot",
    help="The voice of 1555: a Greek telephone agent for a citizen service number.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command()(serve.serve)
app.command()(demo.demo)
app.command()(serve.chat)
app.command()(scheduler.scheduler)
app.command()(doctor.doctor)
app.command()(speech.say)
app.command()(speech.transcribe)
app.command()(knowledge.understand)
app.command()(knowledge.train)
app.add_typer(knowledge.app, name="knowledge")
app.add_typer(evaluate.app, name="evaluate")
app.add_typer(bench.app, name="bench")
app.add_typer(models.app, name="models")
app.add_typer(records.app, name="records")
app.add_typer(campaign.app, name="campaign")
app.add_typer(desk.app, name="desk")


@app.command()
def version() -> None:
    """Print the version."""
    typer.echo(__version__)


def main() -> NoReturn:
    """Run the command and exit: 0 done, 1 not done for a reason that is said, 2 wrong usage."""
    try:
        app()
    except known_errors() as error:
        typer.secho(f"voicebot: {error}", err=True, fg=typer.colors.RED)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
    sys.exit(0)
