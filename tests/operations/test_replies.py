from __future__ import annotations

from datetime import UTC, timedelta
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from tests.operations.appointments import book
from tests.operations.conftest import StoppedClock
from voicebot.operations.gateways import FileOutbox
from voicebot.operations.gateways.webhook import reply_routes
from voicebot.operations.handlers import handlers
from voicebot.operations.messages_el import asks_to_cancel
from voicebot.operations.replies import REPLY, Outcome, handle_reply, take_reply
from voicebot.operations.scheduler import Scheduler
from voicebot.records import (
    Appointment,
    AppointmentStatus,
    MessageChannel,
    Records,
    WorkState,
)
from voicebot.records.models import DueWorkRow, MessageRow
from voicebot.records.reference import grouped

PHONE = "+306945123456"
STRANGER = "+306977123456"


@pytest.fixture
def scheduler(records: Records, clock: StoppedClock, tmp_path: Path) -> Scheduler:
    outbox = FileOutbox(tmp_path / "outbox", "1555@example.gr")
    known = handlers({MessageChannel.SMS: outbox}, replies=True, clock=clock)
    return Scheduler(records, known, clock)


@pytest.fixture
async def appointment(records: Records, clock: StoppedClock, scheduler: Scheduler) -> Appointment:
    """Booked, and told to the telephone."""
    booked = await book(records, clock)
    await scheduler.run_once()
    return booked


async def answers(records: Records) -> list[str]:
    """The texts that were queued as answers to answers."""

    async def work(session: AsyncSession) -> list[str]:
        query = select(MessageRow.text).where(MessageRow.purpose == "reply")
        return list(await session.scalars(query))

    return await records.work.transaction(work)


@pytest.mark.parametrize(
    "text",
    [
        "ΑΚΥΡΟ",
        "άκυρο",
        "Akyro",
        "AKYPO",
        "akuro!",
        "Όχι",
        "OXI",
        "ohi",
        "Να ακυρωθεί",
        "cancel",
    ],
)
def test_ways_to_cancel(text: str) -> None:
    assert asks_to_cancel(text)


@pytest.mark.parametrize(
    "text",
    ["", "Ναι", "ευχαριστώ", "Μην ακυρωθεί", "ΔΕΝ θέλω ακύρωση", "12345674", "τι ώρα είναι;"],
)
def test_what_does_not_cancel(text: str) -> None:
    assert not asks_to_cancel(text)


async def test_an_answer_cancels(
    records: Records, clock: StoppedClock, scheduler: Scheduler, appointment: Appointment
) -> None:
    await take_reply(records, "id-1", PHONE, "ακυρο", clock)
    await scheduler.run_once()
    found = await records.appointments.find(appointment.number)
    assert found.status is AppointmentStatus.CANCELLED
    (link,) = [
        link
        for link in await records.audit.about(appointment.number)
        if link.what == "appointment.cancelled"
    ]
    assert link.who == "sms reply"
    last = (await records.messages.about(appointment.number))[-1]
    assert "Ακυρώθηκε" in last.text
    assert await answers(records) == []


async def test_an_answer_that_is_brought_twice_is_done_once(
    records: Records, clock: StoppedClock, scheduler: Scheduler, appointment: Appointment
) -> None:
    for _ in range(2):
        await take_reply(records, "id-1", PHONE, "τι;", clock)
        await scheduler.run_once()
    (answer,) = await answers(records)
    assert "ΑΚΥΡΟ" in answer
    assert (await handle_reply(records, PHONE, "οχι", clock)).outcome is Outcome.CANCELLED
    assert (await handle_reply(records, PHONE, "οχι", clock)).outcome is Outcome.ALREADY_CANCELLED


async def test_what_was_answered_is_not_kept(
    records: Records, clock: StoppedClock, scheduler: Scheduler
) -> None:
    await take_reply(records, "id-1", PHONE, "τι;", clock)
    (work,) = await records.work.claim([REPLY], 1, timedelta(seconds=1))
    assert dict(work.payload) == {"from": PHONE, "text": "τι;"}
    clock.forward(seconds=2)
    await scheduler.run_once()

    async def payloads(session: AsyncSession) -> list[object]:
        rows = await session.execute(select(DueWorkRow.kind, DueWorkRow.state, DueWorkRow.payload))
        return [tuple(row) for row in rows if row.kind == REPLY]

    assert await records.work.transaction(payloads) == [(REPLY, WorkState.DONE, ())]


async def test_a_stranger_cancels_nothing(
    records: Records, clock: StoppedClock, appointment: Appointment
) -> None:
    for text in ("ΑΚΥΡΟ", f"ΑΚΥΡΟ {appointment.number}"):
        reply = await handle_reply(records, STRANGER, text, clock)
        assert (reply.outcome, reply.appointments) == (Outcome.NOTHING_TO_CANCEL, ())
    found = await records.appointments.find(appointment.number)
    assert found.status is AppointmentStatus.BOOKED


async def test_of_several_the_number_tells(
    records: Records, clock: StoppedClock, scheduler: Scheduler, appointment: Appointment
) -> None:
    other = await book(records, clock, days=6, hour=12)
    await scheduler.run_once()
    await take_reply(records, "id-1", PHONE, "ΑΚΥΡΟ", clock)
    await scheduler.run_once()
    (answer,) = await answers(records)
    assert grouped(appointment.number) in answer
    assert grouped(other.number) in answer
    await take_reply(records, "id-2", PHONE, f"ΑΚΥΡΟ {grouped(other.number)}", clock)
    await scheduler.run_once()
    assert (await records.appointments.find(other.number)).status is AppointmentStatus.CANCELLED
    kept = await records.appointments.find(appointment.number)
    assert kept.status is AppointmentStatus.BOOKED


async def test_a_past_appointment_is_not_cancelled(
    records: Records, clock: StoppedClock, appointment: Appointment
) -> None:
    clock.now = appointment.slot.starts_at.astimezone(UTC)
    reply = await handle_reply(records, PHONE, "ΑΚΥΡΟ", clock)
    assert reply.outcome is Outcome.NOTHING_TO_CANCEL


async def test_just_before_it_is_too_late(
    records: Records, clock: StoppedClock, appointment: Appointment
) -> None:
    clock.now = (appointment.slot.starts_at - timedelta(minutes=5)).astimezone(UTC)
    reply = await handle_reply(records, PHONE, "ΑΚΥΡΟ", clock)
    assert reply.outcome is Outcome.TOO_LATE


async def test_the_sms_service_brings_answers(records: Records) -> None:
    app = FastAPI()
    app.include_router(reply_routes(records, "secret"))
    transport = httpx.ASGITransport(app)
    body = {"id": "7", "from": PHONE, "text": "ΑΚΥΡΟ", "anything": 1}
    async with httpx.AsyncClient(transport=transport, base_url="http://desk") as service:

        async def bring(token: str, json: dict[str, object]) -> int:
            headers = {"Authorization": f"Bearer {token}"}
            return (await service.post("/hooks/sms", json=json, headers=headers)).status_code

        assert await bring("wrong", body) == 401
        assert (await service.post("/hooks/sms", json=body)).status_code == 401
        assert await records.work.counts() == {}
        assert await bring("secret", {"id": "7"}) == 422
        assert await bring("secret", {**body, "text": "α" * 3000}) == 422
        assert await bring("secret", body) == 202
        assert await bring("secret", body) == 202
    assert await records.work.counts() == {REPLY: {WorkState.WAITING: 1}}
