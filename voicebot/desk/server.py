"""Serves the desk inside the process of the line."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import uvicorn
from starlette.types import ASGIApp

from voicebot.desk.live import LiveCalls
from voicebot.settings import Desk


class DeskError(Exception):
    """The desk cannot be served; the text says why and how to mend it."""


class _GuestServer(uvicorn.Server):
    """A server that leaves the signals to its host and says when it is ready."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to listen."""
        await super().startup(sockets)
        self.ready.set()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Not ours to capture."""
        yield


@asynccontextmanager
async def serving(app: ASGIApp, live: LiveCalls, settings: Desk) -> AsyncIterator[str]:
    """Serve for as long as the block lasts; gives the address, such as "http://127.0.0.1:8155".

    At the end open streams are closed through the hub and the last answers are finished.

    Raises:
        DeskError: the port cannot be had.
    """
    try:
        listener = socket.create_server((str(settings.bind), settings.port))
    except OSError as error:
        raise DeskError(
            f"desk.port: {settings.bind}:{settings.port}: {error.strerror}; set desk.port to "
            "another one, or stop what uses it"
        ) from error
    config = uvicorn.Config(
        app,
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=3,
    )
    server = _GuestServer(config)
    task = asyncio.create_task(server.serve(sockets=[listener]), name="desk")
    try:
        await server.ready.wait()
        host, port = listener.getsockname()[:2]
        yield f"http://{host}:{port}"
    finally:
        live.close()
        server.should_exit = True
        await task
        listener.close()
