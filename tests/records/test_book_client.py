"""An outside booking system that is slow, broken or away, and one that answers twice."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import httpx
import pytest
import structlog
from pydantic import TypeAdapter
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from tests.records.conftest import Server, StoppedClock
from tests.records.reference_book import create_app
from voicebot.operations.scheduler import Scheduler
from voicebot.operations.settling import settle
from voicebot.records import (
    Agency,
    BookUnavailable,
    NotFound,
    Outcome,
    Person,
    Records,
    RecordsUnavailable,
    SlotTaken,
)
from voicebot.records.book_client import BookClient, Circuit, MaybeDone, Patience
from voicebot.records.book_http import HttpBook
from voicebot.records.book_settling import SETTLE
from voicebot.records.models import DueWorkRow
from voicebot.records.reminders import NOTICE, Occasion
from voicebot.records.work_types import WorkState

# Only the real socket is to be short of time; a busy machine may be slow.
QUICK = Patience(timeout_s=0.3, deadline_s=60, tries=3, pause_s=0.001, trips_after=2, rest_s=30)
ANYTHING: TypeAdapter[object] = TypeAdapter(list[int])
Handler = Callable[[httpx.Request], httpx.Response]


def client(handler: Handler, **more: object) -> BookClient:
    return BookClient(
        "http://book/v1",
        patience=QUICK,
        transport=httpx.MockTransport(handler),
        **more,  # type: ignore[arg-type]
    )


async def test_what_fails_for_a_moment_is_tried_again_under_the_same_key() -> None:
    keys: list[str] = []

    def handler(request: httpx.Request) -> httpx.Response:
        keys.append(request.headers["Idempotency-Key"])
        match len(keys):
            case 1:
                raise httpx.ReadTimeout("slow")
            case 2:
                return httpx.Response(503)
            case _:
                return httpx.Response(200, json=[1])

    book = client(handler)
    assert await book.change("POST", "things", ANYTHING) == [1]
    assert len(keys) == 3
    assert len(set(keys)) == 1
    await book.change("POST", "things", ANYTHING)
    assert keys[3] != keys[0]
    await book.close()


async def test_refusals_are_not_tried_again() -> None:
    tries = []

    def handler(request: httpx.Request) -> httpx.Response:
        tries.append(request)
        return httpx.Response(409, json={"code": "slot_taken", "detail": "gone"})

    book = client(handler)
    with pytest.raises(SlotTaken):
        await book.get("slots", ANYTHING, {"agency": "EFKA", "place": None})
    assert len(tries) == 1
    assert str(tries[0].url) == "http://book/v1/slots?agency=EFKA"
    await book.close()


@pytest.mark.parametrize(
    ("failures", "kind"),
    [
        ([httpx.ConnectError("refused")] * 3, BookUnavailable),
        ([httpx.Response(429)] * 3, BookUnavailable),
        ([httpx.Response(502)] * 3, MaybeDone),
        ([httpx.ReadTimeout("slow"), *[httpx.ConnectError("refused")] * 2], MaybeDone),
        ([httpx.Response(201, text="<html>")], MaybeDone),
    ],
)
async def test_it_is_known_whether_a_change_may_have_been_made(
    failures: list[httpx.Response | httpx.HTTPError], kind: type[BookUnavailable]
) -> None:
    left = iter(failures)

    def handler(request: httpx.Request) -> httpx.Response:
        failure = next(left)
        if isinstance(failure, httpx.HTTPError):
            raise failure
        return failure

    book = client(handler)
    with pytest.raises(BookUnavailable) as caught:
        await book.change("POST", "things", ANYTHING)
    assert type(caught.value) is kind
    await book.close()


async def test_a_caller_does_not_wait_for_all_tries() -> None:
    asked = []

    async def handler(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        await asyncio.sleep(60)
        return httpx.Response(200)

    patience = Patience(timeout_s=30, deadline_s=0.05, tries=3, pause_s=0.001)
    book = BookClient("http://book", patience=patience, transport=httpx.MockTransport(handler))
    with pytest.raises(MaybeDone, match="TimeoutError"):
        await book.change("POST", "things", ANYTHING)
    assert len(asked) == 1
    await book.close()


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(200, text="<html>maintenance</html>"),
        httpx.Response(200, json={"unexpected": "094019245"}),
        httpx.Response(404, text="no such page"),
        httpx.Response(302, headers={"Location": "http://elsewhere"}),
        httpx.Response(409, json={"code": "something else"}),
    ],
)
async def test_answers_that_break_the_contract_are_no_answers(answer: httpx.Response) -> None:
    book = client(lambda request: answer)
    with pytest.raises(BookUnavailable) as caught:
        await book.get("things", ANYTHING, {})
    assert "094019245" not in str(caught.value)
    await book.close()


async def test_a_system_that_is_down_is_left_alone_for_a_while() -> None:
    now, tries = [0.0], []

    def handler(request: httpx.Request) -> httpx.Response:
        tries.append(request)
        if now[0] < 25:
            raise httpx.ConnectError("refused")
        return httpx.Response(200, json=[])

    book = client(handler, clock=lambda: now[0])
    for _ in range(4):
        with pytest.raises(BookUnavailable):
            await book.get("things", ANYTHING, {})
    assert len(tries) == 2 * QUICK.tries
    now[0] = 29.9
    with pytest.raises(BookUnavailable, match="left alone"):
        await book.get("things", ANYTHING, {})
    now[0] = 30.0
    assert await book.get("things", ANYTHING, {}) == []
    await book.close()


def test_the_first_failure_after_the_rest_opens_the_circuit_again() -> None:
    now = [0.0]
    circuit = Circuit(QUICK, lambda: now[0])
    circuit.failed()
    assert not circuit.open
    circuit.failed()
    assert circuit.open
    now[0] = 31
    assert not circuit.open
    circuit.failed()
    assert circuit.open
    now[0] = 62
    circuit.succeeded()
    circuit.failed()
    assert not circuit.open


async def test_a_real_server_that_never_answers_costs_no_more_than_its_time() -> None:
    asked = []

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readline())
        await reader.read()
        writer.close()

    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    book = BookClient(f"http://127.0.0.1:{port}", patience=QUICK)
    with pytest.raises(BookUnavailable, match="ReadTimeout"):
        await book.get("slots", ANYTHING, {})
    await book.close()
    server.close()
    await server.wait_closed()
    assert asked == [b"GET /slots HTTP/1.1\r\n"] * QUICK.tries


class Flaky(httpx.AsyncBaseTransport):
    """Does what is asked, then loses the answer as often as told."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self._inner = inner
        self.lose = 0
        self.down = False

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self.down:
            raise httpx.ConnectError("refused")
        response = await self._inner.handle_async_request(request)
        content = await response.aread()
        if self.lose:
            self.lose -= 1
            raise httpx.ReadError("connection lost")
        return httpx.Response(response.status_code, headers=response.headers, content=content)


@pytest.fixture
async def outside(filled_url: str, clock: StoppedClock) -> AsyncIterator[Records]:
    opened = await Records.open(filled_url, clock=clock, instance="outside")
    yield opened
    await opened.close()


@pytest.fixture
def flaky(outside: Records) -> Flaky:
    return Flaky(httpx.ASGITransport(create_app(outside)))


@pytest.fixture
async def ours(
    server: Server, tmp_path: Path, clock: StoppedClock, flaky: Flaky
) -> AsyncIterator[Records]:
    (tmp_path / "ours").mkdir()
    url = server.empty(tmp_path / "ours")  # not the database of the other system
    book = BookClient("http://book", patience=QUICK, transport=flaky)
    opened = await Records.open(url, clock=clock, instance="test", book=book)
    await opened.start_call("call", None)
    await opened.appointments.categories(Agency.EFKA)  # as the dialogue does before it asks
    yield opened
    await opened.close()


PERSON = Person(name="Ελένη Παπαδάκη", afm="094019245", mobile="6945123456")


async def test_a_lost_answer_books_once(ours: Records, outside: Records, flaky: Flaky) -> None:
    slot = (await ours.appointments.find_slots(Agency.EFKA, "pensions_award", place="Βόλος"))[0]
    flaky.lose = 2
    hold = await ours.appointments.hold(slot, "call")
    flaky.lose = 2
    booked = await ours.appointments.book(hold, PERSON)
    found = await outside.appointments.find_by_person(PERSON.afm, PERSON.mobile)
    assert [one.number for one in found] == [booked.number]


async def no_answer(work: Awaitable[object], flaky: Flaky) -> None:
    """Every try is done over there, and its answer is lost."""
    flaky.lose = QUICK.tries
    with pytest.raises(MaybeDone):
        await work
    assert flaky.lose == 0


async def settled(ours: Records, clock: StoppedClock) -> None:
    """Let the scheduler do what is due a little later."""
    clock.forward(seconds=20)
    await Scheduler(ours, {SETTLE: settle}, clock).run_once()
    (work,) = await due(ours, SETTLE)
    assert work.state is WorkState.DONE
    assert work.payload == ()


async def due(ours: Records, kind: str) -> list[DueWorkRow]:
    async def read(session: AsyncSession) -> list[DueWorkRow]:
        return list(await session.scalars(select(DueWorkRow).where(DueWorkRow.kind == kind)))

    return await ours.work.transaction(read)


async def test_nothing_stands_that_the_caller_was_not_told(
    ours: Records, outside: Records, flaky: Flaky, clock: StoppedClock
) -> None:
    slot = (await ours.appointments.find_slots(Agency.EFKA, "pensions_award", place="Βόλος"))[0]
    hold = await ours.appointments.hold(slot, "call")
    await no_answer(ours.appointments.book(hold, PERSON), flaky)
    (booked,) = await outside.appointments.find_by_person(PERSON.afm, PERSON.mobile)
    await ours.finish_call("call", Outcome.CALLBACK)

    await settled(ours, clock)
    assert await outside.appointments.find_by_person(PERSON.afm, PERSON.mobile) == ()
    assert await due(ours, NOTICE) == []
    trail = [link.what for link in await ours.audit.about(booked.number)]
    assert trail == ["appointment.taken_back"]


async def test_what_was_never_booked_is_settled_too(
    ours: Records, outside: Records, flaky: Flaky, clock: StoppedClock
) -> None:
    slot = (await ours.appointments.find_slots(Agency.EFKA, "pensions_award", place="Βόλος"))[0]
    hold = await ours.appointments.hold(slot, "call")
    await ours.appointments.release("call")
    other = (await ours.appointments.find_slots(Agency.EFKA, "pensions_award", place="Βόλος"))[0]
    await outside.start_call("another", None)
    theirs = await outside.appointments.hold(other, "another")
    await no_answer(ours.appointments.book(hold, PERSON), flaky)
    await settled(ours, clock)
    assert await outside.appointments.find_by_person(PERSON.afm, PERSON.mobile) == ()
    assert (await outside.appointments.book(theirs, PERSON)).slot == other


async def test_a_change_that_was_confirmed_and_made_is_told(
    ours: Records, outside: Records, flaky: Flaky, clock: StoppedClock
) -> None:
    slots = await ours.appointments.find_slots(Agency.EFKA, "pensions_award", place="Βόλος")
    booked = await ours.appointments.book(await ours.appointments.hold(slots[0], "call"), PERSON)
    hold = await ours.appointments.hold(slots[1], "call")
    await no_answer(ours.appointments.change(booked.number, hold), flaky)
    await settled(ours, clock)
    assert (await outside.appointments.find(booked.number)).slot.starts_at == slots[1].starts_at
    notices = {work.key for work in await due(ours, NOTICE)}
    assert Occasion.CHANGED in notices


async def test_what_was_known_before_is_still_known_when_the_system_is_away(
    ours: Records, flaky: Flaky, monkeypatch: pytest.MonkeyPatch
) -> None:
    kinds = await ours.appointments.categories(Agency.EFKA)
    monkeypatch.setattr("voicebot.records.book_http.REMEMBERED_S", -1.0)
    flaky.down = True
    assert await ours.appointments.categories(Agency.EFKA) == kinds
    with pytest.raises(BookUnavailable):
        await ours.appointments.categories(Agency.DYPA)


async def test_finishing_a_call_never_fails_because_of_the_other_system(
    ours: Records, flaky: Flaky
) -> None:
    slot = (await ours.appointments.find_slots(Agency.EFKA, "pensions_award", place="Βόλος"))[0]
    await ours.appointments.hold(slot, "call")
    flaky.down = True
    with structlog.testing.capture_logs() as logs:
        assert await ours.finish_call("call", "abandoned") == "abandoned"  # type: ignore[arg-type]
    assert "book.not_released" in [line["event"] for line in logs]


async def test_an_appointment_stands_even_if_our_own_note_of_it_fails(
    ours: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    slot = (await ours.appointments.find_slots(Agency.EFKA, "pensions_award", place="Βόλος"))[0]
    hold = await ours.appointments.hold(slot, "call")

    async def away(*_: object) -> None:
        raise RecordsUnavailable("locked")

    assert isinstance(ours.appointments, HttpBook)
    monkeypatch.setattr(ours.appointments._database, "write", away)
    with structlog.testing.capture_logs() as logs:
        booked = await ours.appointments.book(hold, PERSON)
    assert {"event": "book.promise_not_noted", "number": booked.number}.items() <= logs[-1].items()
    monkeypatch.undo()
    assert (await ours.appointments.find(booked.number)).number == booked.number


async def test_the_token_is_sent_and_a_wrong_one_is_no_answer(outside: Records) -> None:
    transport = httpx.ASGITransport(create_app(outside, token="right"))
    for token, fits in (("right", True), ("wrong", False)):
        book = BookClient("http://book", token=token, patience=QUICK, transport=transport)
        asked = book.get("appointments/12345674", ANYTHING, {})
        with pytest.raises(NotFound if fits else BookUnavailable):
            await asked
        await book.close()
