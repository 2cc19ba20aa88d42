"""Asks an outside booking system: with time limits, again where that is harmless, and not at all
while it is known to be down.

Every change carries an `Idempotency-Key`: a repetition gets the answer of the first time.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import httpx
import structlog
from pydantic import BaseModel, TypeAdapter, ValidationError

from voicebot.records.book_wire import ProblemBody, Trouble
from voicebot.records.errors import (
    AlreadyFinished,
    BookUnavailable,
    InvalidRecord,
    NotFound,
    RecordsError,
    SlotTaken,
    TooLate,
)

_REFUSALS: dict[Trouble, type[RecordsError]] = {
    Trouble.NOT_FOUND: NotFound,
    Trouble.SLOT_TAKEN: SlotTaken,
    Trouble.ALREADY_FINISHED: AlreadyFinished,
    Trouble.TOO_LATE: TooLate,
    Trouble.INVALID: InvalidRecord,
}
_PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})
# After these a change was certainly not made.
_NOT_ARRIVED = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
_NOT_TAKEN = frozenset({425, 429})

log = structlog.get_logger(__name__)


class MaybeDone(BookUnavailable):
    """A change got no usable answer and may have been made all the same."""


@dataclass(frozen=True)
class Patience:
    """How long an outside system is waited for.

    Attributes:
        timeout_s: for one try.
        deadline_s: for an operation with all its tries: a caller waits for it.
        tries: how often at most.
        pause_s: before the second try; twice as long before each further one.
        trips_after: so many operations that failed in a row open the circuit.
        rest_s: so long the system is left alone then; afterwards one operation tries it.
    """

    timeout_s: float = 2.0
    deadline_s: float = 4.5
    tries: int = 3
    pause_s: float = 0.2
    trips_after: int = 3
    rest_s: float = 30.0


class Circuit:
    """Knows whether it is of use to ask. Times are seconds of a steady clock."""

    def __init__(self, patience: Patience, clock: Callable[[], float] = time.monotonic) -> None:
        self._patience = patience
        self._clock = clock
        self._failures = 0
        self._closed_until = 0.0

    @property
    def open(self) -> bool:
        """Whether the system is to be left alone now."""
        return self._clock() < self._closed_until

    def succeeded(self) -> None:
        """The system answered."""
        self._failures = 0

    def failed(self) -> None:
        """It did not, in all tries of an operation."""
        self._failures += 1
        if self._failures >= self._patience.trips_after:
            self._closed_until = self._clock() + self._patience.rest_s
            log.warning("book.left_alone", seconds=self._patience.rest_s)


class BookClient:
    """One connection pool to the system.

    Args:
        url: where the contract's paths begin.
        token: sent as bearer token.
        transport: for tests.

    Raises (every request):
        BookUnavailable: no answer, or one that breaks the contract.
        RecordsError: the refusal that the system named.
    """

    def __init__(
        self,
        url: str,
        *,
        token: str | None = None,
        patience: Patience | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._patience = patience or Patience()
        self._circuit = Circuit(self._patience, clock)
        self._http = httpx.AsyncClient(
            base_url=url,
            headers={"Authorization": f"Bearer {token}"} if token else {},
            timeout=self._patience.timeout_s,
            transport=transport,
            follow_redirects=False,
        )

    async def close(self) -> None:
        """Release the connections."""
        await self._http.aclose()

    async def get(self, path: str, answer: TypeAdapter[Any], params: Mapping[str, Any]) -> Any:
        """Read something; members that are None are left out of the address."""
        given = {name: value for name, value in params.items() if value is not None}
        return await self._ask("GET", path, answer, params=given)

    async def change(
        self,
        method: str,
        path: str,
        answer: TypeAdapter[Any] | None,
        body: BaseModel | str | None = None,
        *,
        key: str | None = None,
    ) -> Any:
        """Change something, exactly once however often it is tried.

        Args:
            body: a model, or its JSON.
            key: that of an earlier change which is repeated here; a new one by default.

        Raises:
            MaybeDone: no answer, and nobody knows whether the change was made.
        """
        content = body.model_dump_json() if isinstance(body, BaseModel) else body
        headers = {"Idempotency-Key": key or secrets.token_hex(16)}
        if content is not None:
            headers["Content-Type"] = "application/json"
        return await self._ask(method, path, answer, content=content, headers=headers)

    async def _ask(
        self, method: str, path: str, answer: TypeAdapter[Any] | None, **request: Any
    ) -> Any:
        if self._circuit.open:
            raise BookUnavailable("the booking system is left alone for a while: it failed before")
        patience = self._patience
        now = asyncio.get_running_loop().time
        ends_at = now() + patience.deadline_s
        reason, maybe_done = "", False
        for attempt in range(patience.tries):
            if attempt:
                await asyncio.sleep(patience.pause_s * 2 ** (attempt - 1))
            left_s = ends_at - now()
            if left_s <= 0:
                break
            try:
                # httpx limits each step of a request, not the whole.
                async with asyncio.timeout(left_s):
                    response = await self._http.request(method, path, **request)
            except (httpx.HTTPError, TimeoutError) as error:
                reason = type(error).__name__
                maybe_done = maybe_done or not isinstance(error, _NOT_ARRIVED)
            else:
                if response.status_code not in _PASSING:
                    return self._read(response, answer)
                reason = f"status {response.status_code}"
                maybe_done = maybe_done or response.status_code not in _NOT_TAKEN
            log.warning("book.try_failed", method=method, attempt=attempt + 1, reason=reason)
        self._circuit.failed()
        kind = MaybeDone if maybe_done and method != "GET" else BookUnavailable
        raise kind(f"the booking system does not answer: {reason}")

    def _read(self, response: httpx.Response, answer: TypeAdapter[Any] | None) -> Any:
        """The answer, or the refusal that it is."""
        if response.status_code in (401, 403):
            self._circuit.failed()
            raise BookUnavailable("the booking system refuses us: set appointments.token")
        try:
            if response.is_success:
                value = None if answer is None else answer.validate_json(response.content)
                self._circuit.succeeded()
                return value
            problem = ProblemBody.model_validate_json(response.content)
        except ValidationError as error:
            self._circuit.failed()
            # Not the values: they are personal.
            where = ", ".join(".".join(map(str, one["loc"])) for one in error.errors()[:3])
            raise MaybeDone(
                f"status {response.status_code}: the answer breaks the contract at {where or 'all'}"
            ) from None
        self._circuit.succeeded()
        raise _REFUSALS[problem.code](f"the booking system: {problem.detail or problem.code}")
