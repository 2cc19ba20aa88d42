"""The SIP phone of the line, on PJSUA2.

One `SipPhone` a process: the library has one instance. Its callbacks run on the thread of the
event loop, which polls it; RTP runs on threads of the library that never wait for Python.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Iterable, Mapping
from typing import TYPE_CHECKING, ClassVar

from voicebot.settings import Telephony
from voicebot.telephony.admission import Admission, parse_networks
from voicebot.telephony.call import (
    Call,
    CallFailed,
    CallInfo,
    Direction,
    EndReason,
    Phone,
    PhoneError,
    TransferOutcome,
)
from voicebot.telephony.parties import TransferTargets
from voicebot.telephony.sip_message import SipParseError, SipUri

if TYPE_CHECKING:
    from voicebot.telephony.library import Library
    from voicebot.telephony.sip_call import SipCall

logger = logging.getLogger(__name__)
_WATCH_S = 1.0
# The library may touch a call's port just after its end.
_KEEP_ENDED_S = 1.0
_REGISTER_S = 8.0


class PhoneInUse(PhoneError):
    """There is a running `SipPhone` in this process already."""


class SipPhone(Phone):
    """Takes and places calls.

    Args:
        settings: the telephony settings.
        agents: URIs that calls may be transferred to besides `settings.transfer_targets`.
        admission: whether to take a call; default: as the settings say.
    """

    _running: ClassVar[SipPhone | None] = None

    def __init__(
        self,
        settings: Telephony,
        *,
        agents: Iterable[str] = (),
        admission: Admission | None = None,
    ) -> None:
        self._settings = settings
        self._targets = TransferTargets([*settings.transfer_targets, *agents])
        self._networks = parse_networks(settings.allowed_peers)
        self._admission = admission or Admission.from_settings(settings)
        self._library: Library | None = None
        self._live: dict[int, SipCall] = {}
        self._ended: dict[int, SipCall] = {}
        self._incoming: asyncio.Queue[SipCall | None] = asyncio.Queue()
        self._all_ended = asyncio.Event()
        self._all_ended.set()
        self._all_released = asyncio.Event()
        self._all_released.set()
        self._watch: asyncio.TimerHandle | None = None

    @property
    def port(self) -> int:
        """The SIP port; the one really bound when the settings say 0."""
        return self._need_library().port

    @property
    def calls_now(self) -> int:
        """Calls in progress, ringing ones included."""
        return len(self._live)

    @property
    def dropped_requests(self) -> int:
        """Requests from outside of `allowed_peers`, which got no reply."""
        return self._need_library().dropped_requests

    @property
    def registered(self) -> bool:
        """Whether the trunk knows us; False without a trunk."""
        return self._library is not None and self._library.registered

    async def start(self) -> None:
        if SipPhone._running is not None:
            raise PhoneInUse(
                "one SipPhone a process: PJSUA2 has one instance; start another process, or stop "
                "the first"
            )
        try:
            from voicebot.telephony.library import Library
        except ImportError as error:
            raise PhoneError(f"PJSUA2 is not installed ({error}): run `make setup`") from error
        SipPhone._running = self
        try:
            self._library = Library(self._settings, self._networks, self)
            self._library.open()
            if self._settings.registrar:
                await self._library.registration(_REGISTER_S)
        except BaseException:
            await self.stop()
            raise
        self._watch = asyncio.get_running_loop().call_later(_WATCH_S, self._look_after)

    async def incoming(self) -> AsyncIterator[Call]:
        while (call := await self._incoming.get()) is not None:
            if call.ended is None:
                yield call

    async def dial(
        self,
        target_uri: str,
        *,
        headers: Mapping[str, str] | None = None,
        timeout_s: float = 30.0,
    ) -> Call:
        try:
            SipUri.parse(target_uri)
        except SipParseError as error:
            raise CallFailed(TransferOutcome.FAILED, 400, str(error)) from error
        if self._admission.draining:
            raise CallFailed(TransferOutcome.FAILED, 503, "shutting down")
        from voicebot.telephony.sip_call import SipCall

        library = self._need_library()
        info = CallInfo("", Direction.OUTBOUND, remote_uri=target_uri, local_uri="")
        call = SipCall(self, library.account, info)
        self._keep(call)
        call.place(target_uri, headers)
        try:
            async with asyncio.timeout(timeout_s):
                await call.settled()
        except TimeoutError:
            call.terminate(EndReason.LOCAL_HANGUP, "no answer in time")
            raise CallFailed(TransferOutcome.NO_ANSWER, 408, "no answer in time") from None
        except asyncio.CancelledError:
            call.terminate(EndReason.LOCAL_HANGUP, "given up")
            raise
        return call

    async def stop(self, *, drain_s: float = 0.0) -> None:
        library = self._library
        if library is None:
            self._forget_running()
            return
        self._admission.draining = True
        await self._wait_ended(drain_s)
        for call in list(self._live.values()):
            call.terminate(EndReason.LOCAL_HANGUP, "shutting down", 503)
        await self._wait_ended(2.0)
        await library.unregister()
        await self._all_released.wait()
        if self._watch is not None:
            self._watch.cancel()
        self._incoming.put_nowait(None)
        self._library = None
        for call in self._live.values():
            call.release()
        self._live.clear()
        library.close()
        self._forget_running()

    # For the calls

    def may_transfer_to(self, uri: str) -> bool:
        """Whether the settings name this URI."""
        return uri in self._targets

    def on_call_ended(self, call: SipCall) -> None:
        """Keep the call a little longer, then let go of it."""
        token = call.audio.token
        if self._live.pop(token, None) is None:
            return
        self._ended[token] = call
        self._all_released.clear()
        if not self._live:
            self._all_ended.set()

        def release() -> None:
            self._ended.pop(token, None)
            call.release()
            if not self._ended:
                self._all_released.set()

        asyncio.get_running_loop().call_later(_KEEP_ENDED_S, release)

    # From the library

    def on_incoming(self, call_id: int, invite: str) -> None:
        """An INVITE came."""
        from voicebot.telephony.sip_call import SipCall

        refusal = self._admission.decide(len(self._live))
        is_over = self._admission.is_over(len(self._live))
        library = self._need_library()
        info = CallInfo("", Direction.INBOUND, remote_uri="", local_uri="")
        call = SipCall(self, library.account, info, call_id)
        call.describe(invite)
        call.over_limit = is_over
        self._keep(call)
        if refusal is not None:
            logger.warning("call refused: %s", refusal.reason)
            call.refuse(refusal.sip_code, {"Retry-After": str(refusal.retry_after_s)})
            return
        self._incoming.put_nowait(call)

    def on_audio(self, tokens: Iterable[int]) -> None:
        """The ring ports of these calls have frames."""
        for token in tokens:
            if (call := self._live.get(token)) is not None:
                call.audio.notice()

    def _keep(self, call: SipCall) -> None:
        self._live[call.audio.token] = call
        self._all_ended.clear()

    def _look_after(self) -> None:
        for call in list(self._live.values()):
            try:
                call.tick(
                    _WATCH_S,
                    media_timeout_s=self._settings.media_timeout_s,
                    max_call_s=self._settings.max_call_s,
                )
            except Exception:
                logger.exception("watching a call failed")
        self._watch = asyncio.get_running_loop().call_later(_WATCH_S, self._look_after)

    async def _wait_ended(self, timeout_s: float) -> None:
        try:
            async with asyncio.timeout(timeout_s):
                await self._all_ended.wait()
        except TimeoutError:
            pass

    def _need_library(self) -> Library:
        if self._library is None:
            raise PhoneError("the phone is not started")
        return self._library

    def _forget_running(self) -> None:
        if SipPhone._running is self:
            SipPhone._running = None
