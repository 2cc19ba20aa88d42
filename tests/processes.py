"""Processes of the project that tests start, kill with `kill -9`, and start again."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_SHOWN = 3000


def die(*_: object, **__: object) -> None:
    """As by kill -9."""
    os.kill(os.getpid(), signal.SIGKILL)


@dataclass
class Processes:
    """Starts a module with a file of settings; `kill` among them is the step at which it dies.

    Attributes:
        dies_within_s: how long a process may take to its death.
        works_within_s: how long one may take until nothing is left to do.
    """

    module: str
    folder: Path
    settings: dict[str, Any]
    dies_within_s: float
    works_within_s: float
    running: list[asyncio.subprocess.Process] = field(default_factory=list)

    async def start(self, kill: str | None = None, **more: Any) -> asyncio.subprocess.Process:
        """One more."""
        file = self.folder / f"process-{len(self.running)}.json"
        file.write_text(json.dumps({**self.settings, **more, "kill": kill}))
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            self.module,
            str(file),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        self.running.append(process)
        return process

    async def killed_at(self, step: str) -> None:
        """Run one that must die there."""
        process = await self.start(step)
        _, errors = await asyncio.wait_for(process.communicate(), self.dies_within_s)
        assert process.returncode == -signal.SIGKILL, errors.decode()[-_SHOWN:]

    async def all_done(self) -> None:
        """Run one until nothing is left to do."""
        await self.ended(await self.start())

    async def ended(self, process: asyncio.subprocess.Process) -> None:
        """Wait for one."""
        _, errors = await asyncio.wait_for(process.communicate(), self.works_within_s)
        assert process.returncode == 0, errors.decode()[-_SHOWN:]

    async def end(self) -> None:
        """Leave none behind."""
        for process in self.running:
            if process.returncode is None:
                process.kill()
            await process.communicate()


@asynccontextmanager
async def stopped(
    process: asyncio.subprocess.Process, *, within_s: float = 240
) -> AsyncIterator[None]:
    """Wait until a process has stopped itself, and let it go on at the end of the block."""
    async with asyncio.timeout(within_s):
        while not _stands_still(process.pid):  # noqa: ASYNC110 - a stopped process tells nobody
            await asyncio.sleep(0.05)
    try:
        yield
    finally:
        process.send_signal(signal.SIGCONT)


def _stands_still(pid: int) -> bool:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "T"


_SPIN = """
import sys, time
end = time.monotonic() + float(sys.argv[1])
while time.monotonic() < end:
    pass
"""


@asynccontextmanager
async def busy(count: int, *, longest_s: float) -> AsyncIterator[None]:
    """So many processes that do nothing but use the processor, while the block lasts."""
    spinning = [
        await asyncio.create_subprocess_exec(sys.executable, "-c", _SPIN, str(longest_s))
        for _ in range(count)
    ]
    try:
        yield
    finally:
        for process in spinning:
            if process.returncode is None:
                process.kill()
            await process.wait()


@asynccontextmanager
async def processes(
    module: str,
    folder: Path,
    settings: dict[str, Any],
    *,
    dies_within_s: float,
    works_within_s: float,
) -> AsyncIterator[Processes]:
    """Processes that are gone at the end."""
    started = Processes(module, folder, settings, dies_within_s, works_within_s)
    try:
        yield started
    finally:
        await started.end()
