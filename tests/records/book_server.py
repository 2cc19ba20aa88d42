"""The reference booking system as a process of its own, slow or silent when told.

`python -m tests.records.book_server PORT FOLDER` keeps its tables in FOLDER. While the file `slow`
is there, every answer takes the seconds that it holds; while `silent` is there, what is asked for
is done and never answered.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import uvicorn
from fastapi import FastAPI, Request, Response

from tests.records.reference_book import create_app
from voicebot.records import Records

TOKEN = "a shared secret"
_NEVER_S = 600


def database_url(folder: Path) -> str:
    """Where the system keeps its tables."""
    return f"sqlite:///{folder / 'book.db'}"


def _moody(app: FastAPI, folder: Path) -> FastAPI:
    @app.middleware("http")
    async def wait(
        request: Request, call_next: Callable[[Request], Awaitable[Response]]
    ) -> Response:
        response = await call_next(request)
        if (slow := folder / "slow").exists():
            await asyncio.sleep(float(slow.read_text()))
        if (folder / "silent").exists():
            await asyncio.sleep(_NEVER_S)
        return response

    return app


async def _serve(port: int, folder: Path) -> None:
    records = await Records.open(database_url(folder), instance="book")
    app = _moody(create_app(records, token=TOKEN), folder)
    config = uvicorn.Config(app, host="127.0.0.1", port=port, log_level="warning")
    try:
        await uvicorn.Server(config).serve()
    finally:
        await records.close()


@dataclass
class BookServer:
    """The process.

    Attributes:
        url: where its contract begins.
        folder: its tables and the files that tell its mood.
    """

    port: int
    folder: Path
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """For `appointments.book`."""
        return f"http://127.0.0.1:{self.port}"

    def environment(self) -> dict[str, str]:
        """The settings of a line that uses it."""
        return {
            "VOICEBOT_APPOINTMENTS__BOOK": self.url,
            "VOICEBOT_APPOINTMENTS__TOKEN": TOKEN,
            "VOICEBOT_APPOINTMENTS__TIMEOUT_S": "4.0",
        }

    def start(self) -> None:
        """Start it and wait until it answers."""
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.records.book_server", str(self.port), str(self.folder)]
        )
        for _ in range(600):
            try:
                httpx.get(f"{self.url}/categories", timeout=5)
            except httpx.HTTPError:
                assert self.process.poll() is None, "the booking system did not start"
                time.sleep(0.2)
            else:
                return
        raise TimeoutError("the booking system does not answer")

    def kill(self) -> None:
        """As by kill -9."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def be_slow(self, seconds: float) -> None:
        """Every answer takes so long from now on."""
        (self.folder / "slow").write_text(str(seconds))

    def be_silent(self) -> None:
        """Do what is asked for and answer nothing."""
        (self.folder / "silent").touch()

    def recover(self) -> None:
        """Neither slow nor silent any more."""
        for mood in ("slow", "silent"):
            (self.folder / mood).unlink(missing_ok=True)


@contextmanager
def running_book(folder: Path, port: int) -> Iterator[BookServer]:
    """The system while the block lasts."""
    server = BookServer(port, folder)
    try:
        server.start()
        yield server
    finally:
        server.kill()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1]), Path(sys.argv[2])))
