"""The one door to what was promised to citizens.

    records = await Records.open(settings.records.url)
    await records.start_call(call_id, number="+306900000000")
    await records.add_turn(call_id, Turn(Speaker.CALLER, "θέλω ραντεβού"))
    slots = await records.appointments.find_slots(Agency.EFKA, "pensions_award", place="Περιστέρι")
    hold = await records.appointments.hold(slots[0], call_id)
    appointment = await records.appointments.book(hold, Person(name, afm, mobile))
    await records.finish_call(call_id, Outcome.APPOINTMENT, topic="APPOINTMENT")
    await records.close()

Everything here is a coroutine and raises `RecordsUnavailable` when the database cannot be used:
then nothing was written and the caller is owed another way out.
"""

from __future__ import annotations

import asyncio
import socket
from datetime import datetime

import structlog

from voicebot.records.appointments import Appointments
from voicebot.records.audit import Audit
from voicebot.records.book import AppointmentBook
from voicebot.records.book_client import BookClient
from voicebot.records.book_http import HttpBook
from voicebot.records.call_figures import CallFigures
from voicebot.records.callbacks import Callbacks
from voicebot.records.calls import Calls
from voicebot.records.campaign_runs import CampaignRuns
from voicebot.records.campaigns import Campaigns
from voicebot.records.cases import Cases
from voicebot.records.database import Database
from voicebot.records.deadline_files import default_deadlines
from voicebot.records.deadlines import Deadlines, load_default_rules
from voicebot.records.demo import load_demo_data
from voicebot.records.dialling import Dialling
from voicebot.records.directory import Directory
from voicebot.records.errors import RecordsError
from voicebot.records.handoffs import Handoffs
from voicebot.records.late_calls import LateCall, LateCalls
from voicebot.records.messages import Messages
from voicebot.records.migrate import upgrade
from voicebot.records.opt_outs import OptOuts
from voicebot.records.people import DeskUsers
from voicebot.records.privacy import Privacy
from voicebot.records.proposals import Proposals
from voicebot.records.retention import Retention
from voicebot.records.schedule import booking_window
from voicebot.records.types import (
    Agency,
    CallSummary,
    Clock,
    Direction,
    Notice,
    NoticeProof,
    Outcome,
    Turn,
    utc_now,
)
from voicebot.records.work_queue import DueWork

log = structlog.get_logger(__name__)


class Records:
    """Calls with their turns and outcomes, and their `call_figures`; and, each by its own name,
    `appointments`, `callbacks` with their `dialling`, `campaigns` with their `campaign_runs`,
    `opt_outs`, `cases`, `handoffs`, the `directory` of branches, the due `work`, `messages`,
    `audit`, `retention`, `privacy`, the `deadlines` of cases, the `desk_users` and their
    `proposals`."""

    def __init__(self, database: Database, clock: Clock, instance: str) -> None:
        self._database = database
        self._calls = Calls(database, clock, instance)
        self._late = LateCalls(database, instance)
        self.appointments: AppointmentBook = Appointments(database, clock)
        self.call_figures = CallFigures(database)
        self.callbacks = Callbacks(database, clock)
        self.dialling = Dialling(database, clock)
        self.campaigns = Campaigns(database, clock)
        self.campaign_runs = CampaignRuns(database, clock)
        self.opt_outs = OptOuts(database, clock)
        self.cases = Cases(database, clock)
        self.handoffs = Handoffs(database, clock)
        self.directory = Directory(database)
        self.work = DueWork(database, clock)
        self.messages = Messages(database, clock)
        self.audit = Audit(database)
        self.retention = Retention(database, clock)
        self.privacy = Privacy(database, clock)
        self.deadlines = Deadlines(database, clock)
        self.desk_users = DeskUsers(database, clock)
        self.proposals = Proposals(database, clock)

    @classmethod
    async def open(
        cls,
        url: str,
        *,
        clock: Clock = utc_now,
        instance: str | None = None,
        demo_data: bool = True,
        book: BookClient | None = None,
        book_messages: bool = True,
        busy_timeout_s: float = 2.0,
    ) -> Records:
        """Open the database, bring its tables up to date and close what a crash left open.

        Args:
            url: an SQLAlchemy address, `sqlite:///file.db` or `postgresql+psycopg://user@host/name`.
            clock: the present moment, timezone-aware.
            instance: name of this process among those that share the database; unfinished calls
                of the same name are closed as abandoned. Default: the host's name.
            demo_data: fill in demonstration branches when there are none at all.
            book: the outside booking system that keeps the appointments; our own tables if none.
            book_messages: whether citizens hear from us about what is booked there.
            busy_timeout_s: how long a locked database is waited for, at each of two tries.

        Raises:
            RecordsUnavailable: the database cannot be opened.
        """
        database = Database(url, busy_timeout_s=busy_timeout_s)
        try:
            await upgrade(database)
            records = cls(database, clock, instance or socket.gethostname())
            if book is not None:
                records.appointments = HttpBook(book, database, clock, messages=book_messages)
            await load_default_rules(database, default_deadlines())
            if demo_data:
                await load_demo_data(database)
            await records._calls.close_left_over()
            # The table of holidays takes half a second to load: not while a caller waits.
            await asyncio.to_thread(booking_window, clock())
        except BaseException:
            if book is not None:
                await book.close()
            await database.close()
            raise
        return records

    async def close(self) -> None:
        """Release the database. Calls still unfinished are closed at the next start."""
        await self._late.write()
        await self.appointments.close()
        await self._database.close()

    async def start_call(
        self, call_id: str, number: str | None, direction: Direction = Direction.INBOUND
    ) -> None:
        """Note that a call has begun. `number` is stored masked.

        Raises:
            InvalidRecord: there is a call of that id already.
        """
        await self._calls.start(call_id, number, direction)
        await self._late.write()

    async def add_turn(self, call_id: str, turn: Turn) -> Turn:
        """Store one turn, masked; gives back what was stored, for those who show it live.

        Raises:
            NotFound: no such call.
        """
        return await self._calls.add_turn(call_id, turn)

    async def veil_call(self, call_id: str, text: str) -> None:
        """Forget who rang and what was said so far: every turn becomes `text`. The call itself, its
        notices and its outcome stay.

        Raises:
            NotFound: no such call.
        """
        await self._calls.veil(call_id, text)

    async def note_notice(self, call_id: str, kind: Notice, *, completed: bool) -> None:
        """Prove that a notice was played, and whether to its end.

        Raises:
            NotFound: no such call.
        """
        await self._calls.note_notice(call_id, kind, completed=completed)

    async def notices(self, call_id: str) -> tuple[NoticeProof, ...]:
        """The proof log of a call in order; empty for an unknown call."""
        return await self._calls.notices(call_id)

    async def finish_call(
        self,
        call_id: str,
        outcome: Outcome,
        topic: str | None = None,
        owner: str | None = None,
        agency: Agency | None = None,
    ) -> Outcome:
        """Record the one outcome of a call and let go of slots it still held.

        The first outcome stands: a second call changes nothing. `owner` defaults to the team that
        answers for such an outcome; it is never nobody.

        Returns:
            The outcome that stands.

        Raises:
            NotFound: no such call.
        """
        stands = await self._calls.finish(call_id, outcome, topic, owner, agency)
        await self._late.write()
        if isinstance(self.appointments, HttpBook):
            try:
                await self.appointments.release(call_id)
            except RecordsError as error:
                # The other system's hold runs out by itself.
                log.warning("book.not_released", call_id=call_id, error=str(error))
        return stands

    async def finish_later(self, call: LateCall) -> None:
        """Keep in mind a call that could not be finished since the database is away: it is written
        down, with its outcome and owner, as soon as another can be (or at `close`)."""
        self._late.keep(call)

    async def call(self, call_id: str) -> CallSummary:
        """One call.

        Raises:
            NotFound: no such call.
        """
        return await self._calls.summary(call_id)

    async def transcript(self, call_id: str) -> tuple[Turn, ...]:
        """The turns of a call in order, masked; empty for an unknown call."""
        return await self._calls.transcript(call_id)

    async def recent_calls(
        self, *, since: datetime | None = None, limit: int = 50
    ) -> tuple[CallSummary, ...]:
        """Calls, latest first."""
        return await self._calls.recent(since, limit)

    async def outcomes(self, *, since: datetime | None = None) -> dict[Outcome | None, int]:
        """How many calls ended how; None stands for those still going on."""
        return await self._calls.outcomes(since)
