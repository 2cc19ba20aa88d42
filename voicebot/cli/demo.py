"""`voicebot demo`: three citizens call the line over real SIP and are served."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from voicebot.cli.demo_agent import AgentPhone
from voicebot.cli.errors import CommandError
from voicebot.rehearsal.citizen import Citizen
from voicebot.rehearsal.script import Script, load_scripts, play
from voicebot.rehearsal.server import Event, RunningLine, free_port, running_line
from voicebot.rehearsal.wav import save_wav
from voicebot.settings import load_settings
from voicebot.speaking.espeak import EspeakVoice
from voicebot.speaking.speaker import Speaker
from voicebot.telephony.softphone import Softphone

# What must have come of each of the three calls.
EXPECTED = {"question": "answered", "appointment": "appointment", "person": "handed_over"}


def demo(
    stay: Annotated[
        bool | None,
        typer.Option("--stay/--no-stay", help="Stay up afterwards; default: with a terminal."),
    ] = None,
    keep: Annotated[Path | None, typer.Option(help="Folder for a WAV of each call.")] = None,
) -> None:
    """Start the line, ring it with three citizens who speak Greek, and show the conversations.

    With a terminal the line then stays up for you to call, until Ctrl-C.
    """
    staying = sys.stdin.isatty() and sys.stdout.isatty() if stay is None else stay
    asyncio.run(_demo(staying, keep))


async def _demo(staying: bool, keep: Path | None) -> None:
    settings = load_settings()
    agent_port = free_port()
    overrides = {
        "VOICEBOT_DESK__AGENTS": json.dumps([f"sip:agent@127.0.0.1:{agent_port}"]),
        # The usual port if it is free, so that a softphone finds the demo where the docs say.
        "VOICEBOT_TELEPHONY__SIP_PORT": str(free_port(wanted=settings.telephony.sip_port)),
    }
    typer.secho("Starting the line …", bold=True)
    with tempfile.TemporaryDirectory(prefix="voicebot-demo-") as folder:
        async with running_line(Path(folder), overrides) as line:
            typer.echo(f"The line is up: {line.sip_uri}   desk: {line.desk_url}")
            outcomes = await rehearse(line, agent_port, keep)
            if staying:
                await _stay(line)
    wrong = {name: outcome for name, outcome in outcomes.items() if outcome != EXPECTED[name]}
    if wrong:
        raise CommandError(f"not every call was served as it should be: {wrong}")
    typer.secho("All three calls were served.", fg=typer.colors.GREEN)


async def rehearse(
    line: RunningLine, agent_port: int, keep: Path | None = None
) -> dict[str, str | None]:
    """Play the three calls; gives the recorded outcome of each."""
    outcomes: dict[str, str | None] = {}
    async with await Softphone.open() as phone, AgentPhone.at(agent_port) as agent:
        for number, script in enumerate(load_scripts(), 1):
            typer.secho(f"\nCall {number}: {script.title}", bold=True)
            outcomes[script.name] = await _one_call(phone, line, script, keep)
            if script.name == "person":
                agent.show()
    return outcomes


async def _one_call(
    phone: Softphone, line: RunningLine, script: Script, keep: Path | None
) -> str | None:
    speaker = Speaker(EspeakVoice(script.voice, nasal=True))
    printing: asyncio.Task[None] | None = None
    try:
        citizen = await Citizen.ring(phone, line, speaker, script.name, number=script.number)
        citizen.on_say = lambda text: typer.echo(f"  citizen : {text}")
        printing = asyncio.create_task(_print_events(line, citizen))
        try:
            await play(citizen, script)
            if script.name == "person":
                await _talk_to_the_person(citizen)
        finally:
            await citizen.leave()
        if keep is not None:
            save_wav(keep / f"{script.name}.wav", citizen.call.recording())
        finished = await line.wait_for("finished", script.name, timeout_s=15)
        await line.wait_for("call_ended", script.name, timeout_s=15)
        outcome: str = finished["outcome"]
        typer.secho(f"  outcome: {outcome}", dim=True)
        return outcome
    except TimeoutError as error:
        typer.secho(f"  {error}", fg=typer.colors.RED)
        return None
    finally:
        if printing is not None:
            printing.cancel()
            await asyncio.gather(printing, return_exceptions=True)
        await speaker.close()


async def _talk_to_the_person(citizen: Citizen) -> None:
    """Stay until the person has been heard to speak and hangs up."""
    try:
        async with asyncio.timeout(30):
            await citizen.call.wait_ended()
    except TimeoutError:
        typer.secho("  the person did not end the call", fg=typer.colors.RED)


async def _print_events(line: RunningLine, citizen: Citizen) -> None:
    async for event in line.follow(citizen.name):
        text = describe(event)
        if text is not None:
            typer.echo(text)


def describe(event: Event) -> str | None:
    """One line for people about an event; None when it says nothing to them."""
    match event["event"]:
        case "said":
            return f"  line    : {event['text']}"
        case "heard":
            intent = event.get("intent")
            meaning = f"  → {intent} {event['probability']:.2f}" if intent else ""
            asked = f" [{event['slot']}]" if event["slot"] else ""
            return f"    heard : {event['text']}{asked}{meaning}"
        case "turn":
            return f"            (first sound of the answer after {event['latency_ms']} ms)"
        case "handoff":
            return f"  handing over: {event['result']}"
        case _:
            return None


async def _stay(line: RunningLine) -> None:
    typer.secho("\nThe line stays up. Call it from any softphone on this machine:", bold=True)
    typer.echo(f"  {line.sip_uri}\n  desk {line.desk_url}\n  Ctrl-C ends it.")
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGINT, stop.set)
    await stop.wait()
