"""Writes a call down while it goes on, without holding it up.

Turns go through a queue to one writer, so that a slow database delays no reply; a database that
fails loses turns of the transcript, never the call.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import structlog

from voicebot.dialogue.events import BotNotice, CallerSaid, Event, Said, Veiled
from voicebot.dialogue.veil import VEILED
from voicebot.records import Records
from voicebot.records.errors import InvalidRecord, NotFound, RecordsError, RecordsUnavailable
from voicebot.records.late_calls import LateCall
from voicebot.records.types import Agency, Direction, Outcome, Speaker, Turn, utc_now

_log = structlog.get_logger(__name__)
_FINISH_TRIES = 3
FINISH_PAUSE_S = 0.5

_Write = Callable[[], Awaitable[object]]


@dataclass(frozen=True)
class _End:
    """The last item of the queue."""


class Ledger:
    """The record of one call: an observer of its events, with a beginning and an end."""

    def __init__(
        self,
        records: Records,
        call_id: str,
        number: str | None,
        direction: Direction = Direction.INBOUND,
    ) -> None:
        self._records = records
        self._call_id = call_id
        self._number = number
        self._direction = direction
        self._queue: asyncio.Queue[_Write | _End] = asyncio.Queue()
        self._started = False
        self._began = utc_now()

    async def start(self) -> None:
        """Note that the call has begun; if the database is away, it is tried again at the end."""
        try:
            await self._records.start_call(self._call_id, self._number, self._direction)
            self._started = True
        except InvalidRecord:
            self._started = True
        except RecordsUnavailable as error:
            _log.warning("call_not_recorded_yet", call_id=self._call_id, error=str(error))

    def note(self, event: Event) -> None:
        """Queue what belongs into the transcript."""
        match event:
            case Said(text):
                self._turn(Turn(Speaker.BOT, text))
            case CallerSaid(text, slot, intent, probability):
                self._turn(
                    Turn(
                        Speaker.CALLER,
                        text,
                        intent=intent,
                        slot=slot or None,
                        probability=probability,
                    )
                )
            case BotNotice(kind, completed):
                self._queue.put_nowait(
                    lambda: self._records.note_notice(self._call_id, kind, completed=completed)
                )
            case Veiled():
                self._number = None
                self._queue.put_nowait(lambda: self._records.veil_call(self._call_id, VEILED))
            case _:
                pass

    def _turn(self, turn: Turn) -> None:
        self._queue.put_nowait(lambda: self._records.add_turn(self._call_id, turn))

    async def write(self) -> None:
        """Write what is queued until `finish`; runs beside the call."""
        while not isinstance(write := await self._queue.get(), _End):
            if not self._started:
                continue
            try:
                await write()
            except RecordsError as error:
                _log.warning("turn_not_recorded", call_id=self._call_id, error=str(error))

    def close(self) -> None:
        """Let `write` end once everything queued is written."""
        self._queue.put_nowait(_End())

    async def finish(self, outcome: Outcome, topic: str | None, agency: Agency | None) -> Outcome:
        """Record the one outcome, trying again while the database is away.

        Returns:
            The outcome that stands; the given one also when it could not be written yet: it is
            when the database is back, and if this process ends before that, the records close the
            call at their next start.
        """
        for left in reversed(range(_FINISH_TRIES)):
            try:
                return await self._records.finish_call(
                    self._call_id, outcome, topic=topic, agency=agency
                )
            except NotFound:
                await self.start()
            except RecordsUnavailable as error:
                _log.error("outcome_not_recorded", call_id=self._call_id, error=str(error))
                if left:
                    await asyncio.sleep(FINISH_PAUSE_S)
        with contextlib.suppress(RecordsUnavailable):
            await self._records.finish_later(
                LateCall(
                    self._call_id,
                    self._number,
                    self._direction,
                    self._began,
                    utc_now(),
                    outcome,
                    topic,
                    agency,
                )
            )
        return outcome
