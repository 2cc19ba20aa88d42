"""A small SIP phone in pure Python, for tests, the demo and the bench; no PJSUA2.

    phone = await Softphone.open()
    call = await phone.call("sip:1555@127.0.0.1:5060", user="2101234567")
    call.send(pcm)                      # 8 kHz, queued, one packet each 20 ms
    ended_s = await call.drained()      # when the last of it left
    reply = call.first_sound_after(ended_s)
    await call.hang_up()
    await phone.close()

UDP, PCMA and PCMU. Many calls at once share one SIP socket; each has an RTP socket of its own.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import socket
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from types import TracebackType
from typing import Any
from urllib.parse import unquote

from voicebot.telephony.g711 import Law
from voicebot.telephony.sip_message import SipMessage, SipParseError, SipUri, new_tag
from voicebot.telephony.soft_call import CallState, SoftCall, SoftCallFailed
from voicebot.telephony.soft_dialog import ALLOW, Dialog
from voicebot.telephony.soft_media import MediaStream
from voicebot.telephony.soft_transactions import ServerTransaction, TransactionLayer

__all__ = ["SoftCall", "SoftCallFailed", "Softphone", "answer", "busy", "no_answer"]

CallHandler = Callable[[SoftCall], Awaitable[None]]
logger = logging.getLogger(__name__)


async def answer(call: SoftCall) -> None:
    """A handler that rings and answers at once."""
    await call.ring()
    await call.answer()


async def busy(call: SoftCall) -> None:
    """A handler that refuses with 486."""
    await call.reject(486)


async def no_answer(call: SoftCall) -> None:
    """A handler that rings for ever."""
    await call.ring()
    await call.wait_ended()


class Softphone:
    """Places and takes calls. Make one with `open`; close it with `close` or `async with`."""

    def __init__(
        self, host: str, laws: tuple[Law, ...], *, user: str, accept_refer: bool = True
    ) -> None:
        self.calls: list[SoftCall] = []
        self.accept_refer = accept_refer
        self._host = host
        self._laws = laws
        self._user = user
        self._port = 0
        self._handler: CallHandler = busy
        self._by_call_id: dict[str, SoftCall] = {}
        self._tasks: set[asyncio.Task[Any]] = set()
        self._timers: set[asyncio.TimerHandle] = set()
        self._layer = TransactionLayer(self._on_request, self._on_ack, self._on_stray_response)

    @classmethod
    async def open(
        cls,
        bind: str = "127.0.0.1",
        port: int = 0,
        *,
        user: str = "softphone",
        laws: tuple[Law, ...] = (Law.PCMA, Law.PCMU),
        accept_refer: bool = True,
    ) -> Softphone:
        """Bind a UDP port (0: any).

        Raises:
            OSError: the port is taken.
        """
        phone = cls(bind, laws, user=user, accept_refer=accept_refer)
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_datagram_endpoint(
            lambda: phone._layer, local_addr=(bind, port)
        )
        phone._port = transport.get_extra_info("sockname")[1]
        # Bursts of calls to or from one phone are what it is made for.
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
        return phone

    async def __aenter__(self) -> Softphone:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    @property
    def uri(self) -> str:
        """Where this phone can be called."""
        return f"sip:{self._user}@{self._host}:{self._port}"

    def serve(self, on_call: CallHandler) -> None:
        """Hand each inbound call to a handler, in a task of its own.

        Without a handler calls are refused as busy. `answer`, `busy` and `no_answer` are ready
        ones.
        """
        self._handler = on_call

    async def call(
        self,
        uri: str,
        *,
        user: str | None = None,
        headers: Mapping[str, str] | None = None,
        timeout_s: float = 32.0,
    ) -> SoftCall:
        """Place a call and wait for the answer.

        Args:
            uri: whom to call; also sent to, so its host must be an IPv4 address.
            user: the caller's number; default: this phone's user.
            headers: more headers of the INVITE.
            timeout_s: how long to wait for the answer.

        Raises:
            SoftCallFailed: refused, or not answered in time (408).
        """
        call = self.invite(uri, user=user, headers=headers)
        try:
            async with asyncio.timeout(timeout_s):
                await call.answered()
        except TimeoutError:
            await call.hang_up()
            raise SoftCallFailed(408, "no answer in time") from None
        return call

    def invite(
        self, uri: str, *, user: str | None = None, headers: Mapping[str, str] | None = None
    ) -> SoftCall:
        """Place a call without waiting; `answered` waits, `hang_up` cancels."""
        dialog = Dialog(
            layer=self._layer,
            contact=self.uri,
            call_id=secrets.token_hex(12),
            local=f"<sip:{user or self._user}@{self._host}>;tag={new_tag()}",
            remote=f"<{uri}>",
            target=str(SipUri.parse(uri)),
        )
        call = self._adopt(dialog)
        self._spawn(call.start_call(headers or {}))
        return call

    async def options(self, uri: str, *, timeout_s: float = 5.0) -> SipMessage:
        """Ask whether somebody is there; returns the response.

        Raises:
            TimeoutError: nobody replied.
        """
        dialog = Dialog(
            layer=self._layer,
            contact=self.uri,
            call_id=secrets.token_hex(12),
            local=f"<{self.uri}>;tag={new_tag()}",
            remote=f"<{uri}>",
            target=str(SipUri.parse(uri)),
        )
        async with asyncio.timeout(timeout_s):
            return await dialog.send(dialog.build("OPTIONS")).final_response()

    async def close(self) -> None:
        """Hang up all calls and free the ports."""
        await asyncio.gather(*map(_end, list(self._by_call_id.values())))
        for timer in self._timers:
            timer.cancel()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._layer.close()

    def _adopt(self, dialog: Dialog) -> SoftCall:
        call = SoftCall(dialog, MediaStream(self._host), self._laws, self._host)
        call.on_ended = self._forget
        self.calls.append(call)
        self._by_call_id[dialog.call_id] = call
        return call

    def _forget(self, call: SoftCall) -> None:
        # A little later: the peer may still repeat a request of this call.
        def forget() -> None:
            self._timers.discard(timer)
            self._by_call_id.pop(call.dialog.call_id, None)

        timer = asyncio.get_running_loop().call_later(5.0, forget)
        self._timers.add(timer)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._finished)

    def _finished(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            logger.error("a call handler failed", exc_info=error)

    def _on_request(self, transaction: ServerTransaction) -> None:
        request = transaction.request
        call = self._by_call_id.get(request.call_id)
        if call is not None:
            if request.method == "REFER":
                self._on_refer(call, transaction)
            elif call.state is CallState.ENDED and request.method == "INVITE":
                transaction.respond(request.response(481))
            else:
                call.handle(transaction)
        elif request.method == "INVITE":
            self._on_invite(transaction)
        elif request.method == "OPTIONS":
            response = request.response(200, tag=new_tag())
            response.add("Allow", ALLOW)
            transaction.respond(response)
        else:
            transaction.respond(request.response(481, tag=new_tag()))

    def _on_invite(self, transaction: ServerTransaction) -> None:
        transaction.respond(transaction.request.response(100))
        try:
            dialog = Dialog.answering(self._layer, transaction.request, self.uri, new_tag())
        except SipParseError:
            transaction.respond(transaction.request.response(400, tag=new_tag()))
            return
        call = self._adopt(dialog)
        call.offer(transaction)
        self._spawn(_run(self._handler, call))

    def _on_refer(self, call: SoftCall, transaction: ServerTransaction) -> None:
        request = transaction.request
        target = request.get("Refer-To")
        if not self.accept_refer or target is None:
            transaction.respond(request.response(603 if target else 400))
            return
        transaction.respond(request.response(202))
        self._spawn(self._follow_refer(call, target, request.get("Referred-By")))

    async def _follow_refer(self, call: SoftCall, target: str, referred_by: str | None) -> None:
        await self._notify(call, "SIP/2.0 100 Trying", "active;expires=60")
        headers = {"Referred-By": referred_by} if referred_by else {}
        if "?Replaces=" in target:
            headers["Replaces"] = unquote(target.split("?Replaces=")[1].rstrip(">").split("&")[0])
        user = SipUri.parse(call.dialog.local).user
        try:
            uri = str(SipUri.parse(target))
            referred = await self.call(uri, user=user, headers=headers)
        except (SoftCallFailed, SipParseError) as error:
            status = error.status if isinstance(error, SoftCallFailed) else 400
            await self._notify(call, f"SIP/2.0 {status} Failed", "terminated;reason=noresource")
            return
        if not call.referred.done():
            call.referred.set_result(referred)
        await self._notify(call, "SIP/2.0 200 OK", "terminated;reason=noresource")

    async def _notify(self, call: SoftCall, fragment: str, state: str) -> None:
        request = call.dialog.build(
            "NOTIFY",
            headers={"Event": "refer", "Subscription-State": state},
            body=f"{fragment}\r\n".encode(),
            content_type="message/sipfrag;version=2.0",
        )
        await call.dialog.send(request).final_response()

    def _on_ack(self, request: SipMessage) -> None:
        if (call := self._by_call_id.get(request.call_id)) is not None:
            call.acknowledged()

    def _on_stray_response(self, response: SipMessage) -> None:
        if (call := self._by_call_id.get(response.call_id)) is not None:
            call.repeat_ack(response)


async def _run(handler: CallHandler, call: SoftCall) -> None:
    try:
        await handler(call)
    except SoftCallFailed as error:
        logger.debug("an inbound call was not answered: %s", error)


async def _end(call: SoftCall) -> None:
    try:
        async with asyncio.timeout(2.0):
            await call.hang_up()
    except TimeoutError:
        logger.debug("a peer did not confirm the end of its call")
    call.media.close()
