"""Who does which kind of due work: one line each in `handlers`."""

from __future__ import annotations

from collections.abc import Mapping

from voicebot.operations.case_clock import case_clock
from voicebot.operations.keeping import PURGE, purger
from voicebot.operations.notices import notifier
from voicebot.operations.replies import REPLY, replier
from voicebot.operations.scheduler import Handler
from voicebot.operations.sending import Gateways, sender
from voicebot.operations.settling import settle
from voicebot.records.book_settling import SETTLE
from voicebot.records.case_steps import CLOCK_WORK
from voicebot.records.messages import SEND
from voicebot.records.reminders import NOTICE
from voicebot.records.types import Clock, utc_now
from voicebot.settings import Retention


def handlers(
    gateways: Gateways,
    *,
    replies: bool = False,
    retention: Retention | None = None,
    clock: Clock = utc_now,
) -> Mapping[str, Handler]:
    """All handlers that need nothing but the records and the message gateways, by kind of work.

    Those that need more (a telephone) are added by whoever has it: `{**handlers(...), kind: ...}`.
    """
    return {
        SEND: sender(gateways, clock),
        CLOCK_WORK: case_clock,
        REPLY: replier(clock),
        PURGE: purger(retention or Retention(), clock),
        SETTLE: settle,
        NOTICE: notifier(gateways.keys(), replies=replies, clock=clock),
    }
