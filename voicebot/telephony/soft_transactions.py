"""SIP transactions over one UDP socket (RFC 3261 §17), for the pure-Python softphone.

Knows requests, responses and retransmission; knows nothing of calls.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from voicebot.telephony.sip_message import SipMessage, SipParseError, SipUri, parameter

T1_S = 0.5
T2_S = 4.0
_GIVE_UP_S = 64 * T1_S
# How long a finished transaction still answers retransmissions; RFC 3261 waits 32 s, which on a
# loopback or a LAN only keeps memory.
_LINGER_S = 8.0

Address = tuple[str, int]
logger = logging.getLogger(__name__)


class ClientTransaction:
    """One request sent, its retransmissions, and the responses to it."""

    def __init__(self, layer: TransactionLayer, request: SipMessage, to: Address) -> None:
        self.request = request
        self.to = to
        self.responses: asyncio.Queue[SipMessage] = asyncio.Queue()
        self.final: SipMessage | None = None
        self._layer = layer
        self._timer: asyncio.TimerHandle | None = None
        self._interval_s = T1_S
        self._elapsed_s = 0.0
        self._quiet = False

    @property
    def is_invite(self) -> bool:
        return self.request.method == "INVITE"

    def start(self) -> None:
        self._layer.send(self.request, self.to)
        self._schedule()

    def _schedule(self) -> None:
        self._timer = asyncio.get_running_loop().call_later(self._interval_s, self._fire)

    def _fire(self) -> None:
        self._elapsed_s += self._interval_s
        if self._elapsed_s >= _GIVE_UP_S:
            self.receive(self.request.response(408))
            return
        self._layer.send(self.request, self.to)
        doubled = self._interval_s * 2
        self._interval_s = doubled if self.is_invite else min(doubled, T2_S)
        self._schedule()

    def receive(self, response: SipMessage) -> None:
        if response.status < 200:
            if self.is_invite:
                self.stop()
            self.responses.put_nowait(response)
            return
        self.stop()
        if self.is_invite and response.status >= 300:
            self._layer.send(self._ack(response), self.to)
        if self.final is None:
            self.final = response
            self.responses.put_nowait(response)
            self._layer.forget_later(self)

    def _ack(self, response: SipMessage) -> SipMessage:
        """The ACK of a refusal belongs to the INVITE's own transaction."""
        ack = SipMessage(method="ACK", uri=self.request.uri)
        ack.add("Via", self.request.need("Via"))
        ack.add("Max-Forwards", "70")
        for name in ("From", "Call-ID"):
            ack.add(name, self.request.need(name))
        ack.add("To", response.need("To"))
        ack.add("CSeq", f"{self.request.cseq[0]} ACK")
        for route in self.request.all("Route"):
            ack.add("Route", route)
        return ack

    def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    async def final_response(self) -> SipMessage:
        """Wait for the final response, letting provisional ones go by."""
        while True:
            response = await self.responses.get()
            if response.status >= 200:
                return response


@dataclass
class ServerTransaction:
    """One request received; answers its retransmissions with the last response."""

    layer: TransactionLayer
    request: SipMessage
    source: Address
    last: SipMessage | None = None
    timer: asyncio.TimerHandle | None = None
    acknowledged: bool = False

    def respond(self, response: SipMessage) -> None:
        """Send a response; a final one to INVITE is repeated until the ACK."""
        self.last = response
        self.layer.send(response, self.reply_address)
        if response.status >= 200:
            if self.request.method == "INVITE":
                self._repeat(T1_S, 0.0)
            self.layer.forget_later(self)

    def _repeat(self, interval_s: float, elapsed_s: float) -> None:
        def fire() -> None:
            if self.acknowledged or self.last is None or elapsed_s > _GIVE_UP_S:
                return
            self.layer.send(self.last, self.reply_address)
            self._repeat(min(interval_s * 2, T2_S), elapsed_s + interval_s)

        self.timer = asyncio.get_running_loop().call_later(interval_s, fire)

    @property
    def reply_address(self) -> Address:
        """Where responses go: back to where the request came from (RFC 3581)."""
        return self.source

    def stop(self) -> None:
        self.acknowledged = True
        if self.timer is not None:
            self.timer.cancel()
            self.timer = None


class TransactionLayer(asyncio.DatagramProtocol):
    """Sorts what arrives into transactions, and hands up what is new."""

    def __init__(
        self,
        on_request: Callable[[ServerTransaction], None],
        on_ack: Callable[[SipMessage], None],
        on_stray_response: Callable[[SipMessage], None],
    ) -> None:
        self._on_request = on_request
        self._on_ack = on_ack
        self._on_stray_response = on_stray_response
        self._transport: asyncio.DatagramTransport | None = None
        self._clients: dict[tuple[str, str], ClientTransaction] = {}
        self._servers: dict[tuple[str, str], ServerTransaction] = {}
        self._lingering: set[asyncio.TimerHandle] = set()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        if not data.strip(b"\r\n\0"):
            return  # keep-alive
        try:
            message = SipMessage.parse(data)
        except SipParseError as error:
            logger.debug("dropped a datagram from %s: %s", addr, error)
            return
        if message.is_request:
            self._receive_request(message, addr)
        else:
            self._receive_response(message)

    def error_received(self, exc: Exception) -> None:
        logger.debug("the peer's port is closed: %s", exc)

    def request(self, request: SipMessage, to: Address) -> ClientTransaction:
        """Start a client transaction; the request carries its own Via and branch."""
        transaction = ClientTransaction(self, request, to)
        self._clients[(request.branch, request.method)] = transaction
        transaction.start()
        return transaction

    def send(self, message: SipMessage, to: Address) -> None:
        """Send once, outside of any transaction."""
        if self._transport is not None and not self._transport.is_closing():
            self._transport.sendto(message.serialize(), to)

    def forget_later(self, transaction: ClientTransaction | ServerTransaction) -> None:
        def forget() -> None:
            self._lingering.discard(handle)
            request = transaction.request
            key = (request.branch, request.method)
            if isinstance(transaction, ClientTransaction):
                self._clients.pop(key, None)
            else:
                self._servers.pop(key, None)

        delay = _GIVE_UP_S if transaction.request.method == "INVITE" else _LINGER_S
        handle = asyncio.get_running_loop().call_later(delay, forget)
        self._lingering.add(handle)

    def close(self) -> None:
        """Stop all timers and the socket."""
        for client in self._clients.values():
            client.stop()
        for server in self._servers.values():
            server.stop()
        for handle in self._lingering:
            handle.cancel()
        self._lingering.clear()
        if self._transport is not None:
            self._transport.close()

    def _receive_request(self, request: SipMessage, source: Address) -> None:
        method = "INVITE" if request.method == "ACK" else request.method
        known = self._servers.get((request.branch, method))
        if request.method == "ACK":
            if known is not None:
                known.stop()
            self._on_ack(request)
            return
        if known is not None:
            if known.last is not None:
                self.send(known.last, known.reply_address)
            return
        transaction = ServerTransaction(self, _stamped(request, source), source)
        self._servers[(request.branch, request.method)] = transaction
        self._on_request(transaction)

    def acknowledge(self, invite: SipMessage) -> None:
        """The ACK of a 2xx has a branch of its own: stop repeating the answer to `invite`."""
        known = self._servers.get((invite.branch, "INVITE"))
        if known is not None:
            known.stop()

    def _receive_response(self, response: SipMessage) -> None:
        transaction = self._clients.get((response.branch, response.cseq[1]))
        if transaction is None:
            self._on_stray_response(response)
            return
        if transaction.final is not None and response.status // 100 == 2:
            self._on_stray_response(response)  # a repeated 200: its ACK was lost
            return
        transaction.receive(response)


def _stamped(request: SipMessage, source: Address) -> SipMessage:
    """Note in the topmost Via where the request came from (RFC 3261 §18.2.1, RFC 3581)."""
    for index, (name, value) in enumerate(request.headers):
        if name.lower() == "via":
            value = value.replace(";rport;", f";rport={source[1]};")
            if value.endswith(";rport"):
                value = f"{value}={source[1]}"
            if parameter(value, "received") is None:
                value = f"{value};received={source[0]}"
            request.headers[index] = (name, value)
            break
    return request


def send_address(uri: SipUri, routes: list[str]) -> Address:
    """Where a request goes: the first route, else the request URI."""
    return SipUri.parse(routes[0]).address if routes else uri.address
