from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from tests.records.conftest import StoppedClock
from voicebot.records import (
    Attachment,
    ClaimLost,
    InvalidRecord,
    Message,
    MessageChannel,
    MessageState,
    NotFound,
    Records,
    Work,
    WorkState,
)
from voicebot.records.due_work import cancel
from voicebot.records.messages import (
    LONGEST_TEXT,
    SEND,
    NewMessage,
    cancel_messages,
    queue_message,
)

LEASE = timedelta(minutes=1)


def sms(**changed: object) -> NewMessage:
    values: dict[str, object] = {
        "channel": MessageChannel.SMS,
        "recipient": "694 512 3456",
        "text": "Τρίτη στις δέκα",
        "purpose": "reminder",
        "key": "one",
        "about": "12345674",
        **changed,
    }
    return NewMessage(**values)  # type: ignore[arg-type]


async def claim(records: Records) -> Work:
    (work,) = await records.work.claim([SEND], 1, LEASE)
    return work


async def only(records: Records) -> Message:
    (message,) = await records.messages.about("12345674")
    return message


async def test_a_message_is_queued_with_the_promise_or_not_at_all(records: Records) -> None:
    async def broken(session: AsyncSession) -> None:
        await queue_message(session, sms())
        raise KeyError

    with pytest.raises(KeyError):
        await records.messages._database.write(broken)
    assert await records.messages.about("12345674") == ()
    assert await records.work.claim([SEND], 1, LEASE) == ()


async def test_one_key_is_one_message(records: Records, clock: StoppedClock) -> None:
    assert await records.messages.queue(sms())
    assert not await records.messages.queue(sms(text="άλλο"))
    found = await only(records)
    assert (found.recipient, found.text, found.state) == (
        "+306945123456",
        "Τρίτη στις δέκα",
        MessageState.QUEUED,
    )
    assert len(await records.work.claim([SEND], 10, LEASE)) == 1


async def test_what_goes_with_it_comes_back(records: Records) -> None:
    entry = Attachment("r.ics", "text/calendar", "BEGIN:VCALENDAR")
    await records.messages.queue(
        sms(
            channel=MessageChannel.EMAIL,
            recipient=" Anna@Example.GR ",
            title="Ραντεβού",
            attachments=(entry,),
        )
    )
    found = await only(records)
    assert found.recipient == "Anna@example.gr"
    assert found.attachments == (entry,)
    assert found.title == "Ραντεβού"


async def test_sending_in_steps(records: Records, clock: StoppedClock) -> None:
    await records.messages.queue(sms())
    work = await claim(records)
    message = await records.messages.begin(work)
    assert message is not None
    assert (message.state, message.attempts) == (MessageState.SENDING, 1)
    await records.messages.sent(work, "77")
    found = await only(records)
    assert (found.state, found.reference, found.sent_at) == (MessageState.SENT, "77", clock.now)
    assert [found.state for found in await records.work.about(SEND, found.message_id)] == [
        WorkState.DONE
    ]


async def test_what_was_sent_is_not_begun_again(records: Records) -> None:
    await records.messages.queue(sms())
    work = await claim(records)
    await records.messages.begin(work)
    await records.messages.sent(work, None)
    with pytest.raises(ClaimLost):
        await records.messages.begin(work)


async def test_a_late_process_cannot_mark_anything(records: Records, clock: StoppedClock) -> None:
    await records.messages.queue(sms())
    late = await claim(records)
    await records.messages.begin(late)
    clock.forward(minutes=2)
    work = await claim(records)
    for step in (
        records.messages.begin(late),
        records.messages.sent(late, None),
        records.messages.not_sent(late, "late"),
        records.messages.note_error(late, "late", handed_over=True),
    ):
        with pytest.raises(ClaimLost):
            await step
    again = await records.messages.begin(work)
    assert again is not None
    assert (again.key, again.attempts) == ("one", 2)


async def test_after_a_crash_nobody_says_that_it_certainly_failed(
    records: Records, clock: StoppedClock
) -> None:
    await records.messages.queue(sms())
    await records.messages.begin(await claim(records))
    clock.forward(minutes=2)
    work = await claim(records)
    await records.messages.begin(work)
    await records.messages.not_sent(work, "refused")
    assert (await only(records)).state is MessageState.UNKNOWN


@pytest.mark.parametrize(
    ("handed_over", "state"), [(False, MessageState.FAILED), (True, MessageState.UNKNOWN)]
)
async def test_failed_is_said_only_when_no_try_may_have_succeeded(
    records: Records, clock: StoppedClock, handed_over: bool, state: MessageState
) -> None:
    await records.messages.queue(sms())
    work = await claim(records)
    await records.messages.begin(work)
    await records.messages.note_error(work, "timeout", handed_over=handed_over)
    await records.work.retry(work, clock.now, "timeout", counted=True)
    work = await claim(records)
    await records.messages.begin(work)
    await records.messages.not_sent(work, "6945123456 refused")
    found = await only(records)
    assert (found.state, found.last_error) == (state, "[τηλέφωνο] refused")
    assert len(await records.work.failed()) == 1


async def test_an_expired_message_is_not_sent(records: Records, clock: StoppedClock) -> None:
    await records.messages.queue(sms(expires_at=clock.now + timedelta(minutes=5)))
    clock.forward(minutes=5)
    assert await records.messages.begin(await claim(records)) is None
    assert (await only(records)).state is MessageState.EXPIRED


async def test_what_is_still_queued_can_be_stopped(records: Records) -> None:
    await records.messages.queue(sms())
    await records.messages.queue(sms(key="two", purpose="confirmation"))
    await records.messages.queue(sms(key="three", about="22345672"))

    async def stop(session: AsyncSession) -> int:
        return await cancel_messages(session, "12345674", purposes=["reminder"])

    assert await records.messages._database.write(stop) == 1
    first, second = await records.messages.about("12345674")
    assert (first.state, second.state) == (MessageState.CANCELLED, MessageState.QUEUED)
    claimed = await records.work.claim([SEND], 10, LEASE)
    assert {int(work.subject) for work in claimed} == {
        second.message_id,
        (await records.messages.about("22345672"))[0].message_id,
    }


async def test_work_that_is_taken_away_is_not_begun(records: Records) -> None:
    await records.messages.queue(sms())
    work = await claim(records)

    async def take_away(session: AsyncSession) -> None:
        await cancel(session, SEND, work.subject)

    await records.messages._database.write(take_away)
    with pytest.raises(ClaimLost):
        await records.messages.begin(work)
    assert (await only(records)).state is MessageState.QUEUED


@pytest.mark.parametrize(
    "changed",
    [
        {"recipient": "κινητό"},
        {"recipient": "123"},
        {"channel": MessageChannel.EMAIL, "recipient": "anna"},
        {"channel": MessageChannel.EMAIL, "recipient": "anna@example"},
        {"channel": MessageChannel.EMAIL, "recipient": "anna@example.gr, eve@example.gr"},
        {"channel": MessageChannel.EMAIL, "recipient": "anna@example.gr\r\nBcc: eve@example.gr"},
        {"channel": MessageChannel.EMAIL, "recipient": "Άννα <anna@example.gr>"},
        {"text": ""},
        {"text": "α" * (LONGEST_TEXT + 1)},
        {"key": ""},
        {"key": "k" * 129},
    ],
)
async def test_what_cannot_be_sent_is_refused(records: Records, changed: dict[str, object]) -> None:
    with pytest.raises(InvalidRecord):
        await records.messages.queue(sms(**changed))
    assert await records.messages.about("12345674") == ()


async def test_an_unknown_message_is_not_found(records: Records) -> None:
    with pytest.raises(NotFound):
        await records.messages.get(1)
