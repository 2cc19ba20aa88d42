"""An outside booking system for the tests: it serves the contract over the embedded book.

`python -m tests.records.reference_book` writes the contract that it serves into docs/.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Annotated, Any

import yaml
from fastapi import FastAPI, Header, Query, Request, Response
from fastapi import Path as InPath
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse

from voicebot.records import (
    Agency,
    AlreadyFinished,
    DateRange,
    Hold,
    InvalidRecord,
    NotFound,
    Records,
    RecordsError,
    Slot,
    SlotTaken,
    TimeRange,
    TooLate,
    VisitChannel,
)
from voicebot.records.book_wire import (
    AppointmentBody,
    BookingRequest,
    BranchBody,
    CategoryBody,
    ChangeRequest,
    Code,
    HoldBody,
    HoldRequest,
    Number,
    ProblemBody,
    SearchRequest,
    SlotBody,
    Trouble,
)

CONTRACT = Path(__file__).parents[2] / "docs" / "appointment-book.openapi.yaml"

_REFUSALS: dict[type[RecordsError], tuple[int, Trouble]] = {
    NotFound: (404, Trouble.NOT_FOUND),
    SlotTaken: (409, Trouble.SLOT_TAKEN),
    AlreadyFinished: (409, Trouble.ALREADY_FINISHED),
    TooLate: (409, Trouble.TOO_LATE),
    InvalidRecord: (422, Trouble.INVALID),
}
_WORDS = {
    401: "The bearer token is wrong.",
    404: "There is no such thing.",
    409: "The place is gone, or the appointment cannot be changed any more.",
    422: "A value cannot be right.",
}
_Key = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        min_length=8,
        max_length=64,
        description="the same for every try at one change: a repetition gets the first answer",
    ),
]
_Call = Annotated[str, InPath(description="the call that holds")]


def _refusals(*codes: int) -> dict[int | str, dict[str, Any]]:
    return {code: {"model": ProblemBody, "description": _WORDS[code]} for code in (401, *codes)}


class Once:
    """Answers given to idempotency keys."""

    def __init__(self) -> None:
        self._given: dict[str, Any] = {}
        self._locks: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def do(self, key: str, work: Callable[[], Awaitable[Any]]) -> Any:
        """Do the work, unless that was done under this key before."""
        async with self._locks[key]:
            if key not in self._given:
                try:
                    self._given[key] = await work()
                except RecordsError as refusal:
                    self._given[key] = refusal
            answer = self._given[key]
        if isinstance(answer, RecordsError):
            raise answer
        return answer


def create_app(records: Records | None, *, token: str | None = None) -> FastAPI:
    """The system; without records it only describes itself."""
    app = FastAPI(
        title="Appointment book",
        version="1.0.0",
        summary="What an outside booking system offers to the telephone line.",
        description=(
            "The line finds a free time, holds it for two minutes while the caller decides, and "
            "books it. A place is given once, whoever asks. A hold that ran out is still honoured "
            "while its place is free. One call holds one time: a new hold gives the old one back. "
            "Refusals are problems with a code; everything else than 2xx with a code is taken for "
            "the system being away, and then the caller is offered a callback."
        ),
        responses={401: {"model": ProblemBody, "description": _WORDS[401]}},
        docs_url=None,
        redoc_url=None,
    )
    once = Once()

    def book() -> Records:
        assert records is not None
        return records

    @app.middleware("http")
    async def authorise(
        request: Request, call_next: Callable[[Request], Awaitable[Response]]
    ) -> Response:
        if token is not None and request.headers.get("Authorization") != f"Bearer {token}":
            return _problem(401, Trouble.INVALID, "token")
        return await call_next(request)

    @app.exception_handler(RecordsError)
    async def refuse(_: Request, error: RecordsError) -> JSONResponse:
        for kind, (status, code) in _REFUSALS.items():
            if isinstance(error, kind):
                return _problem(status, code, type(error).__name__)
        return JSONResponse({}, status_code=503)

    @app.exception_handler(RequestValidationError)
    async def wrong(_: Request, error: RequestValidationError) -> JSONResponse:
        where = ".".join(str(part) for part in error.errors()[0]["loc"])
        return _problem(422, Trouble.INVALID, where)

    @app.get("/categories", operation_id="categories", responses=_refusals(422))
    async def categories(agency: Agency) -> list[CategoryBody]:
        """The kinds of service of an agency, in the order to offer them."""
        return [CategoryBody.of(one) for one in await book().appointments.categories(agency)]

    @app.get("/branches", operation_id="branches", responses=_refusals(422))
    async def branches(agency: Agency) -> list[BranchBody]:
        """All branches of an agency."""
        return [BranchBody.of(one) for one in await book().appointments.branches(agency)]

    @app.get("/slots", operation_id="slots", responses=_refusals(404, 422))
    async def slots(
        agency: Agency,
        category: Code,
        channel: VisitChannel = VisitChannel.IN_PERSON,
        place: str | None = None,
        region: str | None = None,
        branch: str | None = None,
        first: Annotated[date | None, Query(alias="from")] = None,
        last: Annotated[date | None, Query(alias="to")] = None,
        earliest: time = time(0, 0),
        latest: time = time(23, 59),
        limit: Annotated[int, Query(ge=1, le=1000)] = 3,
        per_day: Annotated[int | None, Query(ge=1)] = None,
    ) -> list[SlotBody]:
        """Free times, earliest first. `place` is a town in any spelling of case and accents; where
        there is no branch in a town of that name, those of the region of that name count."""
        found = await book().appointments.find_slots(
            agency,
            category,
            channel=channel,
            place=place,
            region=region,
            branch=branch,
            days=None if first is None else DateRange(first, last or first),
            times=TimeRange(earliest, latest),
            limit=limit,
            per_day=per_day,
        )
        return [SlotBody.of(one) for one in found]

    @app.post("/holds", operation_id="hold", status_code=201, responses=_refusals(404, 409, 422))
    async def hold(body: HoldRequest, key: _Key) -> HoldBody:
        """Keep a time for two minutes."""

        async def work() -> HoldBody:
            with contextlib.suppress(InvalidRecord):  # it is known already
                await book().start_call(body.call, None)
            rows = [
                one
                for agency in Agency
                for one in await book().appointments.branches(agency)
                if one.code == body.branch
            ]
            if not rows:
                raise NotFound(body.branch)
            wanted = Slot(rows[0], body.category, body.channel, body.starts_at, 1)
            kept = await book().appointments.hold(wanted, body.call)
            return HoldBody(
                hold=kept.hold_id, expires_at=kept.expires_at, slot=SlotBody.of(kept.slot)
            )

        return await once.do(key, work)  # type: ignore[no-any-return]

    @app.delete("/calls/{call}/hold", operation_id="release", status_code=204)
    async def release(call: _Call, key: _Key) -> None:
        """Give back what a call holds; nothing happens when it holds nothing."""
        await book().appointments.release(call)

    @app.post(
        "/appointments", operation_id="book", status_code=201, responses=_refusals(404, 409, 422)
    )
    async def make(body: BookingRequest, key: _Key) -> AppointmentBody:
        """Make an appointment of a hold. Keep of the person what the category asks for."""

        async def work() -> AppointmentBody:
            kept = _hold(body.hold, body.call)
            booked = await book().appointments.book(kept, body.person.value())
            return AppointmentBody.of(booked)

        return await once.do(key, work)  # type: ignore[no-any-return]

    @app.post("/appointments/search", operation_id="search", responses=_refusals(422))
    async def search(body: SearchRequest) -> list[AppointmentBody]:
        """The appointments to come of somebody who knows both numbers; none if either is wrong."""
        found = await book().appointments.find_by_person(body.afm, body.mobile)
        return [AppointmentBody.of(one) for one in found]

    @app.get("/appointments/{number}", operation_id="find", responses=_refusals(404, 422))
    async def find(number: Number) -> AppointmentBody:
        """One appointment, cancelled ones too."""
        return AppointmentBody.of(await book().appointments.find(number))

    @app.put(
        "/appointments/{number}/slot",
        operation_id="change",
        responses=_refusals(404, 409, 422),
    )
    async def change(number: Number, body: ChangeRequest, key: _Key) -> AppointmentBody:
        """Move an appointment to a hold; its number stays."""

        async def work() -> AppointmentBody:
            moved = await book().appointments.change(number, _hold(body.hold, body.call))
            return AppointmentBody.of(moved)

        return await once.do(key, work)  # type: ignore[no-any-return]

    @app.delete("/appointments/{number}", operation_id="cancel", responses=_refusals(404, 409, 422))
    async def cancel(number: Number, key: _Key) -> AppointmentBody:
        """Cancel an appointment; its place is free again."""

        async def work() -> AppointmentBody:
            return AppointmentBody.of(await book().appointments.cancel(number))

        return await once.do(key, work)  # type: ignore[no-any-return]

    return app


def _problem(status: int, code: Trouble, detail: str) -> JSONResponse:
    return JSONResponse({"code": code.value, "detail": detail}, status_code=status)


def _hold(hold_id: str, call: str) -> Hold:
    """A hold as the embedded book knows it; it looks everything up by its id and call."""
    nowhere: Any = None
    slot = Slot(nowhere, "", VisitChannel.IN_PERSON, datetime.now(UTC), 1)
    return Hold(hold_id, call, slot, datetime.now(UTC))


def contract() -> str:
    """The contract as YAML."""
    return yaml.safe_dump(
        create_app(None).openapi(), allow_unicode=True, sort_keys=False, width=100
    )


if __name__ == "__main__":
    CONTRACT.write_text(contract(), encoding="utf-8")
