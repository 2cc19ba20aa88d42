"""What the pages work with, and who may come in."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends, Request

from voicebot.desk.live import LiveCalls
from voicebot.desk.rendering import Renderer
from voicebot.desk.throttle import LoginThrottle
from voicebot.desk.tokens import Sessions
from voicebot.records import Records

COOKIE = "voicebot_desk"


class LoginNeeded(Exception):
    """Nobody is logged in."""


def local_page(address: str) -> str:
    """The address if it is a page of this desk, else the board: a login must lead nowhere else."""
    is_local = address.startswith("/") and address.isascii() and address.isprintable()
    return address if is_local and not address.startswith(("//", "/\\")) else "/"


@dataclass(frozen=True)
class Office:
    """All that the pages share."""

    records: Records
    live: LiveCalls
    render: Renderer
    sessions: Sessions
    throttle: LoginThrottle = field(default_factory=LoginThrottle)


def _office(request: Request) -> Office:
    office = request.app.state.office
    assert isinstance(office, Office)
    return office


AnOffice = Annotated[Office, Depends(_office)]


def _session(request: Request, office: AnOffice) -> str:
    cookie = request.cookies.get(COOKIE, "")
    if not office.sessions.is_valid(cookie, datetime.now(UTC)):
        raise LoginNeeded
    return cookie


Session = Annotated[str, Depends(_session)]
"""The cookie of a good session; without one the answer is a way to log in."""
