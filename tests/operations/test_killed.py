"""kill -9 at every step between a booking and the citizen's telephone: nothing is lost and, where
the other side can tell, nothing is repeated. On SQLite and PostgreSQL."""

from __future__ import annotations

import asyncio
import json
import random
from collections import Counter
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP

from tests.operations.appointments import book
from tests.operations.test_smtp import Mailbox
from tests.operations.worker_process import STEPS, WHILE_WRITING
from tests.processes import Processes, processes
from voicebot.records import MessageChannel, MessageState, Records, WorkState
from voicebot.records.messages import SEND, NewMessage
from voicebot.records.reminders import NOTICE
from voicebot.records.types import utc_now

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

LEASE_S = 1.0
# The time limit of a test ends what hangs.
WITHIN_S = 600.0


def workers(folder: Path, url: str, **settings: object) -> AbstractAsyncContextManager[Processes]:
    """Schedulers as processes, gone at the end."""
    return processes(
        "tests.operations.worker_process",
        folder,
        {"url": url, **settings, "lease_s": LEASE_S},
        dies_within_s=WITHIN_S,
        works_within_s=WITHIN_S,
    )


async def a_booking(url: str) -> str:
    """Book an appointment, as the line does; gives its number."""
    records = await Records.open(url, instance="line")
    try:
        await records.start_call("call", "+306945123456")
        return (await book(records, _Clock(utc_now()), days=5)).number
    finally:
        await records.close()


@dataclass
class _Clock:
    now: Any


async def sent_and_done(url: str, number: str) -> None:
    """Every message about the appointment is sent, every piece of work that was due is done."""
    records = await Records.open(url, instance="line", demo_data=False)
    try:
        messages = await records.messages.about(number)
        assert messages
        assert {message.state for message in messages} == {MessageState.SENT}
        states = {work.key: work.state for work in await records.work.about(NOTICE, number)}
        assert states.pop("booked") is WorkState.DONE
        assert set(states.values()) == {WorkState.WAITING}
        for message in messages:
            (work,) = await records.work.about(SEND, message.message_id)
            assert work.state is WorkState.DONE
    finally:
        await records.close()


@pytest.mark.parametrize("step", [*STEPS, WHILE_WRITING])
async def test_the_outbox_has_one_message(filled_url: str, tmp_path: Path, step: str) -> None:
    outbox = tmp_path / "outbox"
    number = await a_booking(filled_url)
    async with workers(tmp_path, filled_url, outbox=str(outbox)) as started:
        await started.killed_at(step)
        await started.all_done()
    assert len(list(outbox.glob("*.json"))) == 1
    await sent_and_done(filled_url, number)


@dataclass
class SmsService:
    """An SMS service that takes a key once, on a socket of this machine."""

    taken: dict[str, str] = field(default_factory=dict)
    asked: Counter[str] = field(default_factory=Counter)

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            headers = {
                name.lower(): value.strip()
                for name, _, value in (line.partition(":") for line in head.splitlines()[1:])
            }
            body = json.loads(await reader.readexactly(int(headers["content-length"])))
            key = headers["idempotency-key"]
            assert body["key"] == key
            self.asked[key] += 1
            self.taken.setdefault(key, f"sms-{len(self.taken)}")
            answer = json.dumps({"id": self.taken[key]}).encode()
            writer.write(
                b"HTTP/1.1 202 Accepted\r\nConnection: close\r\nContent-Length: "
                + str(len(answer)).encode()
                + b"\r\n\r\n"
                + answer
            )
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()


@pytest.mark.parametrize(
    ("step", "asked"),
    [
        ("after marking as being sent", 1),
        ("after handing over", 2),
        ("after marking as sent", 1),
    ],
)
async def test_the_sms_service_takes_one_message(
    filled_url: str, tmp_path: Path, step: str, asked: int
) -> None:
    service = SmsService()
    number = await a_booking(filled_url)
    server = await asyncio.start_server(service, "127.0.0.1", 0)
    async with server:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
        async with workers(tmp_path, filled_url, sms_url=url) as started:
            await started.killed_at(step)
            await started.all_done()
    assert len(service.taken) == 1
    assert list(service.asked.values()) == [asked]
    await sent_and_done(filled_url, number)


@pytest.mark.parametrize(
    ("step", "letters"),
    [
        ("after marking as being sent", 1),
        # The server cannot tell: at least once, and the same letter.
        ("after handing over", 2),
        ("after marking as sent", 1),
    ],
)
async def test_a_letter_is_sent_at_least_once(
    filled_url: str, tmp_path: Path, step: str, letters: int
) -> None:
    box = Mailbox()
    number = await a_booking(filled_url)
    server = await asyncio.get_running_loop().create_server(
        lambda: SMTP(box, hostname="mail.example.gr"), "127.0.0.1", 0
    )
    async with server:
        port = server.sockets[0].getsockname()[1]
        async with workers(tmp_path, filled_url, smtp_port=port) as started:
            await started.killed_at(step)
            await started.all_done()
    contents = [envelope.content for envelope in box.envelopes]
    assert len(contents) == letters
    assert len({message_from_bytes(content)["Message-ID"] for content in contents}) == 1  # type: ignore[arg-type]
    assert len(set(contents)) == 1
    await sent_and_done(filled_url, number)


async def test_many_workers_killed_at_random(filled_url: str, tmp_path: Path) -> None:
    outbox = tmp_path / "outbox"
    records = await Records.open(filled_url, instance="line")
    chance = random.Random(1555)
    try:
        for number in range(400):
            await records.messages.queue(
                NewMessage(MessageChannel.SMS, "6945123456", f"{number}", "test", f"m{number}")
            )
        async with workers(tmp_path, filled_url, outbox=str(outbox)) as started:
            for _ in range(3):
                pair = [await started.start() for _ in range(2)]
                for process in pair:
                    assert process.stdout is not None
                    await process.stdout.readline()
                await asyncio.sleep(chance.uniform(0.05, 0.5))
                for process in pair:
                    if process.returncode is None:
                        process.kill()
            await started.all_done()
        assert (await records.work.counts())[SEND] == {WorkState.DONE: 400}
    finally:
        await records.close()
    texts = sorted(int(json.loads(path.read_text())["text"]) for path in outbox.glob("*.json"))
    assert texts == list(range(400))
