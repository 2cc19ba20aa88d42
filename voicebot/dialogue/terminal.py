"""The conversation on a terminal: typed instead of spoken, also through a pipe.

A line is what the caller says. An empty line is silence, `/dtmf 123` keys, `/noise` an utterance
without words, `/down` the recogniser out of order, the end of the input (Ctrl-D) hanging up.
"""

from __future__ import annotations

import asyncio
import sys
import threading
from datetime import timedelta
from typing import TextIO
from uuid import uuid4

from voicebot.dialogue.channel import (
    Briefing,
    Channel,
    HandoffResult,
    Heard,
    HungUp,
    Keys,
    Silence,
    Unheard,
    Utterance,
)
from voicebot.dialogue.prompts import terminal as prompts
from voicebot.understanding.expectation import FREE, Expectation

_KEYS = frozenset("0123456789*#")


class TerminalChannel(Channel):
    """One conversation over two text streams.

    Args:
        caller_number: the number that the caller is taken to ring from.
        handoff: what becomes of every attempt to reach a person.
        show_slots: also print which question is being put.
    """

    def __init__(
        self,
        source: TextIO | None = None,
        target: TextIO | None = None,
        *,
        caller_number: str | None = None,
        handoff: HandoffResult = HandoffResult.NO_ANSWER,
        show_slots: bool = False,
    ) -> None:
        self.call_id = f"chat-{uuid4()}"
        self.caller_number = caller_number
        self._source = source or sys.stdin
        self._target = target or sys.stdout
        self._handoff = handoff
        self._show_slots = show_slots
        self._lines: asyncio.Queue[str] = asyncio.Queue()
        self._reader: threading.Thread | None = None

    async def say(self, text: str, *, interruptible: bool = True) -> None:
        """Print a text."""
        self._print(f"{prompts.BOT} {text}")

    async def listen(self, expectation: Expectation = FREE, *, timeout: timedelta) -> Heard:
        """Read one line. Typing takes its time: `timeout` is not counted.

        Raises:
            HungUp: the input has ended.
        """
        if self._show_slots and expectation.slot:
            self._print(f"  [{expectation.slot}: {expectation.kind}]")
        if self._source.isatty():
            self._target.write(f"{prompts.CALLER} ")
            self._target.flush()
        while True:
            heard = self._read(await self._line())
            if heard is not None:
                return heard

    async def hand_off(self, briefing: Briefing, *, queue: str) -> HandoffResult:
        """Print what a person would see; nobody is really reached."""
        self._print(f"  [{queue}] {briefing.summary}")
        for slot, value in briefing.captured:
            self._print(f"  [{queue}] {slot}: {value}")
        self._print(f"  [{queue}] {prompts.HANDOFF[self._handoff]}")
        return self._handoff

    async def hang_up(self) -> None:
        """Say that the conversation is over."""
        self._print(prompts.ENDED)

    def set_rate(self, rate: float) -> None:
        """Printed only: a text has no speed."""
        self._print(f"  [{prompts.RATE} {rate:g}]")

    def set_gain(self, decibels: float) -> None:
        """Printed only: a text has no loudness."""
        self._print(f"  [{prompts.GAIN} {decibels:+g} dB]")

    def _read(self, line: str) -> Heard | None:
        text = line.strip()
        command, _, argument = text.partition(" ")
        match command:
            case "":
                return Silence()
            case "/dtmf":
                keys = "".join(argument.split())
                if keys and set(keys) <= _KEYS:
                    return Keys(keys)
            case "/noise":
                return Unheard()
            case "/down":
                return Unheard(engine_down=True)
            case _ if not command.startswith("/"):
                return Utterance(text)
        self._print(prompts.USAGE)
        return None

    async def _line(self) -> str:
        if self._reader is None:
            loop = asyncio.get_running_loop()
            # A daemon: reading a terminal cannot be interrupted, and must not keep the program.
            self._reader = threading.Thread(
                target=self._feed, args=(loop,), name="terminal", daemon=True
            )
            self._reader.start()
        line = await self._lines.get()
        if not line:
            raise HungUp
        return line

    def _feed(self, loop: asyncio.AbstractEventLoop) -> None:
        line = "start"
        while line:
            line = self._source.readline()
            try:
                loop.call_soon_threadsafe(self._lines.put_nowait, line)
            except RuntimeError:  # the conversation is over and its loop closed
                return

    def _print(self, text: str) -> None:
        print(text, file=self._target, flush=True)
