"""Sends queued messages: the handler of `send_message`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from voicebot.operations.gateways import GatewayRefused, GatewayUnavailable, MessageGateway
from voicebot.operations.scheduler import Done, Handler, Result, RetryAt
from voicebot.records import MessageChannel, Records, Work
from voicebot.records.types import Clock, utc_now

Gateways = Mapping[MessageChannel, MessageGateway]


class SendingFailed(Exception):
    """One try at sending failed; the scheduler tries again."""


def sender(gateways: Gateways, clock: Clock = utc_now) -> Handler:
    """The handler that hands messages over.

    Mark as being sent, hand over, mark as sent together with the completion of the work. After a
    crash the message is handed over again with the same key.
    """

    async def send(work: Work, records: Records) -> Result:
        message = await records.messages.begin(work)
        if message is None:
            return Done()
        gateway = gateways.get(message.channel)
        if gateway is None:
            reason = f"no gateway for {message.channel}: set messages.{message.channel}"
            await records.messages.not_sent(work, reason)
            return Done()
        try:
            reference = await gateway.send(message)
        except GatewayRefused as error:
            await records.messages.not_sent(work, str(error))
            return Done()
        except GatewayUnavailable as error:
            return await _later(work, records, error, clock)
        await records.messages.sent(work, reference)
        return Done()

    return send


async def _later(work: Work, records: Records, error: GatewayUnavailable, clock: Clock) -> Result:
    if work.attempts >= work.max_attempts:
        await records.messages.not_sent(work, str(error), handed_over=error.handed_over)
        return Done()
    await records.messages.note_error(work, str(error), handed_over=error.handed_over)
    if error.after is not None:
        when = clock() + max(error.after, timedelta(seconds=1))
        return RetryAt(when, str(error), counted=True)
    raise SendingFailed(str(error)) from error
