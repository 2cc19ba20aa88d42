"""The dialler in service: callbacks and campaigns, rung by a line that has a telephone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta

import structlog

from voicebot.desk import LiveCalls
from voicebot.line.inform import Inform
from voicebot.line.outbound import Converse, Outbound
from voicebot.line.ring_back import RingBack
from voicebot.line.service import Line
from voicebot.line.timing import CallObserver
from voicebot.operations.callback_work import callback_dialler
from voicebot.operations.callbacks_el import giving_up
from voicebot.operations.campaign_work import campaign_runner
from voicebot.operations.scheduler import Scheduler
from voicebot.records import Records, RecordsError
from voicebot.records.callbacks import DIAL
from voicebot.records.campaigns import RUN
from voicebot.records.dial_types import DialRules
from voicebot.records.types import Agency
from voicebot.settings import Settings
from voicebot.telephony.call import Phone

log = structlog.get_logger(__name__)

# So many campaigns at once, each with its own pace.
_CAMPAIGNS = 4
_DRAIN_S = 3.0


def rules(settings: Settings) -> DialRules:
    """What the settings allow."""
    dialler = settings.dialler
    return DialRules(
        hours=settings.dialogue.callback_hours,
        max_attempts=dialler.max_attempts,
        pauses=tuple(timedelta(minutes=pause) for pause in dialler.pauses_minutes),
        agent_pause=timedelta(minutes=dialler.agent_pause_minutes),
        patience=timedelta(hours=dialler.patience_hours),
        ring=timedelta(seconds=dialler.ring_s),
        prefixes=dialler.prefixes,
    )


class Show:
    """The transcript of the call in which a callback was asked for, on the agent's screen."""

    def __init__(self, live: LiveCalls, records: Records) -> None:
        self._live = live
        self._records = records

    async def __call__(self, earlier: str, shown_in: str) -> None:
        """Show what was said `earlier` in the live call `shown_in`, unless it is there already."""
        known = self._live.get(shown_in)
        if known is not None and earlier == shown_in and known.turns:
            return
        try:
            summary = await self._records.call(earlier)
            turns = await self._records.transcript(earlier)
        except RecordsError as error:
            log.info("nothing_to_show", reason=str(error))
            return
        self._live.started(shown_in, summary.caller_number)
        for turn in turns:
            self._live.turn(shown_in, turn)


@asynccontextmanager
async def dialling(
    settings: Settings,
    line: Line,
    phone: Phone,
    records: Records,
    observer: CallObserver,
    converse: Converse,
    show: Show,
    titles: Mapping[str, str],
) -> AsyncIterator[None]:
    """Ring while the context lasts; nobody where the settings name no target."""
    if not settings.dialler.enabled or settings.dialler.target is None:
        log.info("dialler_off", reason="dialler.enabled is false, or dialler.target is not set")
        yield
        return
    outbound = Outbound(line, phone, records, observer, settings, converse, show)
    ringing = RingBack(outbound)
    given_up = giving_up(
        Agency(settings.dialler.case_agency),
        settings.dialogue.line_name,
        titles,
        message=settings.dialler.message_when_given_up,
    )
    kinds = {
        DIAL: (callback_dialler(ringing, rules(settings), given_up), settings.dialler.concurrency),
        RUN: (
            campaign_runner(Inform(outbound), ring=timedelta(seconds=settings.dialler.ring_s)),
            _CAMPAIGNS,
        ),
    }
    schedulers = [
        Scheduler(
            records,
            {kind: handler},
            poll=timedelta(seconds=settings.dialler.poll_s),
            lease=timedelta(seconds=settings.dialler.lease_s),
            concurrency=concurrency,
        )
        for kind, (handler, concurrency) in kinds.items()
    ]
    tasks = [asyncio.create_task(one.run(drain_s=_DRAIN_S)) for one in schedulers]
    try:
        yield
    finally:
        for one in schedulers:
            one.stop()
        await asyncio.gather(*tasks, return_exceptions=True)
        await ringing.close()
