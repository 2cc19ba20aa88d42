"""A line in a process of its own, as in service, on ports and records of its own."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Event = dict[str, Any]


class LineDidNotStart(Exception):
    """The line ended before it was ready; the text holds what it said."""


def free_port(kind: socket.SocketKind = socket.SOCK_DGRAM, *, wanted: int = 0) -> int:
    """A port of the loopback interface that nobody uses at this moment: the wanted one if it is
    free, else any."""
    with socket.socket(socket.AF_INET, kind) as probe:
        try:
            probe.bind(("127.0.0.1", wanted))
        except OSError:
            probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class RunningLine:
    """A line in service.

    Attributes:
        pid: its process.
        sip_uri: where to call it.
        desk_url: where its desk is, with the token that logs in.
        log: the file that holds what it wrote to standard error.
        events: what it reported so far, oldest first (see `voicebot serve --events`).
    """

    pid: int
    sip_uri: str
    desk_url: str
    log: Path
    events: list[Event] = field(default_factory=list)
    _news: asyncio.Condition = field(default_factory=asyncio.Condition)
    _ended: bool = False

    async def follow(self, call: str | None = None) -> AsyncIterator[Event]:
        """Yield all events, past and to come, of one call (by the X-Rehearsal header) or of all."""
        seen = 0
        while True:
            while seen < len(self.events):
                event = self.events[seen]
                seen += 1
                if call is None or event.get("rehearsal") == call:
                    yield event
            if self._ended:
                return
            async with self._news:
                while len(self.events) == seen and not self._ended:
                    await self._news.wait()

    async def wait_for(
        self, name: str, call: str | None = None, *, timeout_s: float = 30.0
    ) -> Event:
        """The first event of that name.

        Raises:
            TimeoutError: it did not come in time.
        """
        async with asyncio.timeout(timeout_s):
            async for event in self.follow(call):
                if event["event"] == name:
                    return event
        raise TimeoutError(f"the line ended before it reported {name}")

    async def _read(self, stream: asyncio.StreamReader) -> None:
        async for line in stream:
            event: Event = json.loads(line)
            async with self._news:
                self.events.append(event)
                self._news.notify_all()
        async with self._news:
            self._ended = True
            self._news.notify_all()


@asynccontextmanager
async def running_line(
    folder: Path,
    overrides: Mapping[str, str] | None = None,
    *,
    program: str = "voicebot.cli",
    arguments: Sequence[str] = ("serve", "--events"),
    start_timeout_s: float = 90.0,
) -> AsyncIterator[RunningLine]:
    """Run `voicebot serve` on free loopback ports with its records and logs in `folder`.

    Args:
        folder: an existing folder; gets `records.db` and `line.log`.
        overrides: VOICEBOT_* variables for this line.
        program: the module to run in place of `voicebot`, for lines with a part that fails.
        arguments: of the module.
        start_timeout_s: how long loading the models may take.

    Raises:
        LineDidNotStart: it ended, or was not ready in time.
    """
    environment = {
        **os.environ,
        "VOICEBOT_TELEPHONY__SIP_PORT": str(free_port()),
        "VOICEBOT_DESK__PORT": str(free_port(socket.SOCK_STREAM)),
        "VOICEBOT_RECORDS__URL": f"sqlite:///{folder / 'records.db'}",
        "VOICEBOT_MESSAGES__OUTBOX": str(folder / "outbox"),
        **(overrides or {}),
    }
    log = folder / "line.log"
    with log.open("wb") as stderr:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            program,
            *arguments,
            env=environment,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=stderr,
            limit=1 << 20,
        )
    assert process.stdout is not None
    line = RunningLine(process.pid, "", "", log)
    reader = asyncio.create_task(line._read(process.stdout))
    try:
        try:
            ready = await line.wait_for("ready", timeout_s=start_timeout_s)
        except TimeoutError as error:
            tail = "\n".join(log.read_text(errors="replace").splitlines()[-20:])
            raise LineDidNotStart(f"the line did not start; it said:\n{tail}") from error
        line.sip_uri, line.desk_url = ready["sip"], ready["desk"]
        yield line
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
            try:
                await asyncio.wait_for(process.wait(), 15)
            except TimeoutError:
                process.kill()
                await process.wait()
        await reader
