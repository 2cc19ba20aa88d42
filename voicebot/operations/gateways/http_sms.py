"""SMS through an HTTP service.

The contract, for a small adapter in front of any provider:

    POST <url>
    Authorization: Bearer <token>
    Idempotency-Key: <key>
    {"to": "+306945123456", "from": "1555", "text": "...", "key": "...",
     "encoding": "ucs2", "segments": 2}

    200, 201, 202 {"id": "..."}   taken
    409                           taken before under this key
    400, 401, 403, 404, 413, 422  refused for good
    429, 503 (Retry-After: s)     later; not taken
    any other answer              later; may have been taken

The service must take a key once: after a crash or a timeout the same message comes again.
"""

from __future__ import annotations

from datetime import timedelta

import httpx

from voicebot.operations.gateways.base import GatewayRefused, GatewayUnavailable, MessageGateway
from voicebot.operations.gateways.sms_text import capitals, measure
from voicebot.records import Message

_TAKEN = frozenset({200, 201, 202, 409})
_REFUSED = frozenset({400, 401, 403, 404, 405, 410, 413, 415, 422})
_NOT_TAKEN = frozenset({425, 429, 503})
_LONGEST_WAIT_S = 3600


class HttpSms(MessageGateway):
    """See the module.

    Args:
        token: sent as a bearer token.
        sender: what the message comes from.
        in_capitals: send Greek in capitals, which takes less than half of the segments.
        transport: instead of the network, for tests.
    """

    repeats_safely = True

    def __init__(
        self,
        url: str,
        *,
        token: str | None = None,
        sender: str = "1555",
        in_capitals: bool = False,
        timeout_s: float = 10.0,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._url = url
        self._sender = sender
        self._in_capitals = in_capitals
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._client = httpx.AsyncClient(headers=headers, timeout=timeout_s, transport=transport)

    async def send(self, message: Message) -> str | None:
        """Post it; gives the id of the answer."""
        text = capitals(message.text) if self._in_capitals else message.text
        size = measure(text)
        try:
            answer = await self._client.post(
                self._url,
                headers={"Idempotency-Key": message.key},
                json={
                    "to": message.recipient,
                    "from": self._sender,
                    "text": text,
                    "key": message.key,
                    "encoding": size.encoding,
                    "segments": size.segments,
                },
            )
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise GatewayUnavailable(f"SMS service: {type(error).__name__}") from error
        except httpx.HTTPError as error:
            raise GatewayUnavailable(
                f"SMS service: {type(error).__name__}", handed_over=True
            ) from error
        return _reference(answer)

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()


def _reference(answer: httpx.Response) -> str | None:
    status = answer.status_code
    if status in _REFUSED:
        raise GatewayRefused(f"SMS service: refused with {status}")
    if status not in _TAKEN:
        raise GatewayUnavailable(
            f"SMS service: answered {status}",
            handed_over=status not in _NOT_TAKEN,
            after=_retry_after(answer),
        )
    try:
        body = answer.json()
    except ValueError:
        return None
    identifier = body.get("id") if isinstance(body, dict) else None
    return None if identifier is None else str(identifier)[:128]


def _retry_after(answer: httpx.Response) -> timedelta | None:
    seconds = answer.headers.get("Retry-After", "")
    if not (seconds.isascii() and seconds.isdigit()):
        return None
    return timedelta(seconds=min(int(seconds), _LONGEST_WAIT_S))
