"""What the pages work with, who may come in, and what each may do."""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import Depends, HTTPException, Request

from voicebot.desk.live import LiveCalls
from voicebot.desk.rendering import Renderer
from voicebot.desk.throttle import LoginThrottle
from voicebot.desk.tokens import Sessions
from voicebot.records import Records, RecordsUnavailable, teams
from voicebot.records.people_types import DeskRole

COOKIE = "voicebot_desk"


class LoginNeeded(Exception):
    """Nobody is logged in."""


@dataclass(frozen=True)
class Visitor:
    """Who is logged in.

    Attributes:
        name: the person's; empty for the login that all share.
        roles: what they may do; the shared login may do everything.
        form_key: what a form of this session must carry.
    """

    name: str
    roles: frozenset[DeskRole]
    form_key: str

    @property
    def who(self) -> str:
        """As it is written into histories."""
        return teams.person(self.name) if self.name else teams.OPERATORS

    def may(self, role: str) -> bool:
        """Whether pages for a role are theirs."""
        return DeskRole(role) in self.roles

    def check(self, form_key: str) -> None:
        """Refuse a form that another site has sent."""
        if not hmac.compare_digest(form_key.encode(), self.form_key.encode()):
            raise HTTPException(403)


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
    shared_login: bool = True
    throttle: LoginThrottle = field(default_factory=LoginThrottle)

    def page(self, template: str, visitor: Visitor, here: str, **values: Any) -> str:
        """A page for somebody; `here` is where it stands in the menu."""
        return self.render(template, visitor=visitor, here=here, **values)


def _office(request: Request) -> Office:
    office = request.app.state.office
    assert isinstance(office, Office)
    return office


AnOffice = Annotated[Office, Depends(_office)]


async def _visitor(request: Request, office: AnOffice) -> Visitor:
    cookie = request.cookies.get(COOKIE, "")
    name = office.sessions.visitor(cookie, datetime.now(UTC))
    if name is None:
        raise LoginNeeded
    return Visitor(name, await _roles(office, name), office.sessions.form_key(cookie))


async def _roles(office: Office, name: str) -> frozenset[DeskRole]:
    """What somebody may do now, whatever it was when they logged in."""
    if not name:
        if not office.shared_login:
            raise LoginNeeded
        return frozenset(DeskRole)
    try:
        person = await office.records.desk_users.find(name)
    except RecordsUnavailable:
        # Whose session is good may watch the calls that go on now.
        return frozenset({DeskRole.AGENT})
    if person is None:
        raise LoginNeeded
    return frozenset({DeskRole.AGENT, person.role})


AVisitor = Annotated[Visitor, Depends(_visitor)]
"""Who is logged in; without a good session the answer is a way to log in."""


def _only(role: DeskRole) -> Callable[[Visitor], Awaitable[Visitor]]:
    async def check(visitor: AVisitor) -> Visitor:
        if not visitor.may(role):
            raise HTTPException(403)
        return visitor

    return check


ASupervisor = Annotated[Visitor, Depends(_only(DeskRole.SUPERVISOR))]
AnEditor = Annotated[Visitor, Depends(_only(DeskRole.EDITOR))]
