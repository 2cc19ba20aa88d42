"""Calls while appointments are kept by an outside system: a real process, slow, silent or killed.

The line is configured as in service, by its settings."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.dialogue.scripted import ScriptedChannel
from tests.records.book_server import BookServer, database_url, running_book
from voicebot.cli.opening import open_records
from voicebot.dialogue.channel import Heard
from voicebot.dialogue.converse import Services, converse
from voicebot.operations.scheduler import Scheduler
from voicebot.operations.settling import settle
from voicebot.records import Agency, Outcome, Records, book_settling
from voicebot.records.book_settling import SETTLE
from voicebot.settings import Dialogue, load_settings
from voicebot.understanding.classifier import Classifier
from voicebot.understanding.expectation import FREE, Expectation
from voicebot.understanding.knowledge import Knowledge

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

AFM, MOBILE = "090000045", "6945123456"
DETAILS = {
    "agency": "στον έφκα",
    "category": "για τα ένσημα",
    "channel": "στο κατάστημα",
    "place": "στο Περιστέρι",
    "date": "όποτε έχει",
    "offer": "το πρώτο",
    "name": "Γιώργος Παπαδόπουλος",
    "afm": AFM,
    "mobile": MOBILE,
    "confirm": "ναι σωστά",
    "offer_help": "ναι",
    "caller_id_ok": "ναι",
    "window": "αύριο το πρωί",
}
AWAY = "το σύστημα των ραντεβού δεν απαντά"


class Caller(ScriptedChannel):
    """Something happens in the moment in which they confirm what is read back to them."""

    def __init__(
        self, call_id: str, number: str, happens: Callable[[], None] = lambda: None
    ) -> None:
        super().__init__(["θέλω να κλείσω ένα ραντεβού"], DETAILS, number=number, call_id=call_id)
        self._happens = happens

    async def listen(self, expectation: Expectation = FREE, *, timeout: timedelta) -> Heard:
        if expectation.slot == "confirm":
            self._happens()
        return await super().listen(expectation, timeout=timeout)


@pytest.fixture
def book(tmp_path: Path) -> Iterator[BookServer]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    folder = tmp_path / "book"
    folder.mkdir()
    with running_book(folder, port) as server:
        yield server


@pytest.fixture
async def records(
    book: BookServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Records]:
    monkeypatch.setattr(book_settling, "_FIRST_LOOK", timedelta(0))
    monkeypatch.setenv("VOICEBOT_RECORDS__URL", f"sqlite:///{tmp_path / 'records.db'}")
    for name, value in book.environment().items():
        monkeypatch.setenv(name, value)
    opened = await open_records(load_settings())
    yield opened
    await opened.close()


async def standing(book: BookServer) -> int:
    """How many appointments the citizen has over there."""
    theirs = await Records.open(database_url(book.folder), instance="looking on", demo_data=False)
    found = await theirs.appointments.find_by_person(AFM, MOBILE)
    await theirs.close()
    return len(found)


async def test_calls_while_the_outside_system_is_slow_silent_killed_and_back(
    book: BookServer, records: Records, knowledge: Knowledge, classifier: Classifier
) -> None:
    services = Services(knowledge, classifier, records)

    async def call(caller: Caller) -> Outcome:
        outcome = await converse(caller, services, Dialogue())
        print(caller.dialogue)
        return outcome

    book.be_slow(0.4)
    assert await call(Caller("slow", "2105551231")) is Outcome.APPOINTMENT
    assert await standing(book) == 1
    book.recover()
    (booked,) = await records.appointments.find_by_person(AFM, MOBILE)
    await records.appointments.cancel(booked.number)

    # It books and does not answer: the caller hears that it is away, and that shall be true.
    silent = Caller("silent", "2105551232", book.be_silent)
    assert await call(silent) is Outcome.CALLBACK
    assert AWAY in silent.transcript
    assert await standing(book) == 1
    book.recover()
    assert await Scheduler(records, {SETTLE: settle}).run_once() == 1
    assert await standing(book) == 0

    killed = Caller("killed", "2105551233", book.kill)
    assert await call(killed) is Outcome.CALLBACK
    assert AWAY in killed.transcript
    assert await standing(book) == 0
    promised = await records.callbacks.open_ones()
    assert {one.number for one in promised} == {"+302105551232", "+302105551233"}

    book.start()
    first = await records.appointments.find_slots(
        Agency.EFKA, "insurance_history", place="Περιστέρι", limit=1
    )
    assert first[0].starts_at == booked.slot.starts_at, "what was held is free again"
    assert await call(Caller("back", "2105551234")) is Outcome.APPOINTMENT
    assert await standing(book) == 1
