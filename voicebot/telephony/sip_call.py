"""A call on PJSUA2: the `Call` that the rest of the program sees."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from typing import Protocol

import pjsua2 as pj

from voicebot.telephony.call import (
    Answered,
    Call,
    CallEvent,
    CallFailed,
    CallInfo,
    DtmfDigit,
    Ended,
    EndReason,
    Held,
    PhoneError,
    TransferOutcome,
)
from voicebot.telephony.call_audio import CallAudio
from voicebot.telephony.leg import Leg
from voicebot.telephony.parties import describe_inbound, outcome_of

logger = logging.getLogger(__name__)
# Some phones send each key by RFC 4733 and by INFO at once; nobody is so quick by hand.
_TWICE_SENT_S = 0.8


class CallKeeper(Protocol):
    """What a call needs from its phone."""

    def may_transfer_to(self, uri: str) -> bool: ...
    def on_call_ended(self, call: SipCall) -> None: ...


class SipCall(Call):
    """One leg. All methods belong to the event loop of the phone's thread."""

    def __init__(
        self, keeper: CallKeeper, account: pj.Account, info: CallInfo, call_id: int | None = None
    ) -> None:
        self.info = info
        self.audio = CallAudio()
        self.ended: Ended | None = None
        self._keeper = keeper
        self._leg = Leg(account, self, call_id)
        self._events: asyncio.Queue[CallEvent] = asyncio.Queue()
        self._settled = asyncio.Event()
        self._confirmed = False
        self._has_stream = False
        self._was_up = False
        self._held = False
        self._end_reason: EndReason | None = None
        self._end_detail = ""
        self._transfer: asyncio.Future[TransferOutcome] | None = None
        self._transfer_progress = False
        self._last_key = ("", -1, 0.0)
        self._packets = (0, 0)
        self._silent_s = 0.0
        self._age_s = 0.0

    # The contract

    async def events(self) -> AsyncIterator[CallEvent]:
        while True:
            event = await self._events.get()
            yield event
            if isinstance(event, Ended):
                return

    async def ringing(self) -> None:
        self._send_provisional(180)

    async def early_media(self) -> None:
        """Send 183 (inbound, before `answer`): what is written plays before the call is up."""
        self._send_provisional(183)

    async def answer(self) -> None:
        if self.ended is None:
            try:
                self._leg.send_answer(200)
            except pj.Error as error:
                logger.warning("a call could not be answered: %s", error.reason)
                self.terminate(EndReason.FAILED, error.reason, 500)
        await self.settled()

    async def settled(self) -> None:
        """Wait until the call is up; it may be over again by the time this returns.

        Raises:
            CallFailed: it ended first.
        """
        await self._settled.wait()
        if self.ended is not None and not self._was_up:
            code = self.ended.sip_code
            outcome = outcome_of(code) if code >= 300 else TransferOutcome.FAILED
            raise CallFailed(outcome, code, self.ended.detail)

    async def reject(self, sip_code: int) -> None:
        self.refuse(sip_code)

    def refuse(self, sip_code: int, headers: Mapping[str, str] | None = None) -> None:
        """Refuse an inbound call, with headers such as Retry-After."""
        if self.ended is None and self._end_reason is None:
            self._end_reason = EndReason.LOCAL_HANGUP
            try:
                self._leg.send_answer(sip_code, headers)
            except pj.Error as error:
                self._lost(error)

    async def hang_up(self) -> None:
        self.terminate(EndReason.LOCAL_HANGUP)

    def terminate(self, reason: EndReason, detail: str = "", sip_code: int = 480) -> None:
        """End the call, for a reason that `Ended` will give; `sip_code` if not answered yet."""
        if self.ended is None and self._end_reason is None:
            self._end_reason, self._end_detail = reason, detail
            try:
                self._leg.end(sip_code)
            except pj.Error as error:
                self._lost(error)

    def read(self) -> bytes:
        return self.audio.read()

    async def wait_audio(self) -> None:
        await self.audio.wait()

    def write(self, pcm: bytes) -> None:
        self.audio.write(pcm)

    def clear(self) -> int:
        return self.audio.clear()

    @property
    def pending_ms(self) -> int:
        return self.audio.pending_ms

    @property
    def is_up(self) -> bool:
        return self._confirmed and self._has_stream and self.ended is None

    async def transfer(self, target_uri: str, *, timeout_s: float = 30.0) -> TransferOutcome:
        if not self._keeper.may_transfer_to(target_uri):
            logger.warning(
                "transfer refused: the target is not in telephony.transfer_targets or desk.agents"
            )
            return TransferOutcome.REJECTED
        if not self.is_up or self._transfer is not None:
            return TransferOutcome.FAILED
        self._transfer = asyncio.get_running_loop().create_future()
        self._transfer_progress = False
        try:
            self._leg.refer(target_uri)
            async with asyncio.timeout(timeout_s):
                outcome = await self._transfer
        except TimeoutError:
            rang = self._transfer_progress
            outcome = TransferOutcome.NO_ANSWER if rang else TransferOutcome.FAILED
        except pj.Error as error:
            logger.warning("REFER could not be sent: %s", error.reason)
            outcome = TransferOutcome.FAILED
        finally:
            self._transfer = None
        if outcome is TransferOutcome.COMPLETED:
            self.terminate(EndReason.TRANSFERRED)
        return outcome

    def bridge(self, other: Call) -> None:
        if not isinstance(other, SipCall):
            raise PhoneError("only two calls of the same phone can be bridged")
        self.audio.bridge(other.audio)

    def unbridge(self) -> None:
        self.audio.unbridge()

    # For the phone

    def place(self, target_uri: str, headers: Mapping[str, str] | None) -> None:
        """Send the INVITE of an outgoing call.

        Raises:
            CallFailed: the library refuses, e.g. because the URI is malformed.
        """
        try:
            self._leg.place(target_uri, headers)
            info = self._leg.getInfo()
        except pj.Error as error:
            self.on_disconnected(400, error.reason)
            raise CallFailed(TransferOutcome.FAILED, 400, error.reason) from error
        self.info = CallInfo(
            call_id=info.callIdString,
            direction=self.info.direction,
            remote_uri=info.remoteUri,
            local_uri=info.localUri,
            headers=dict(headers or {}),
        )

    def describe(self, invite: str) -> None:
        """Take over what an inbound INVITE says about its caller."""
        info = self._leg.getInfo()
        self.info = describe_inbound(invite, info.callIdString, info.remoteUri, info.localUri)

    def tick(self, elapsed_s: float, *, media_timeout_s: float, max_call_s: float) -> None:
        """Watch over the call; called about once a second."""
        if self.ended is not None or not self._confirmed:
            return
        self._age_s += elapsed_s
        if self._age_s >= max_call_s:
            self.terminate(EndReason.LOCAL_HANGUP, "longest call reached")
            return
        try:
            packets = self._leg.packets_seen()
        except pj.Error as error:
            self._lost(error)
            return
        if packets != self._packets or self._held:
            self._packets, self._silent_s = packets, 0.0
            return
        self._silent_s += elapsed_s
        if self._silent_s >= media_timeout_s:
            self.terminate(EndReason.MEDIA_TIMEOUT, f"no RTP for {media_timeout_s:.0f} s")

    def release(self) -> None:
        """Drop what the library may still have used just after the end.

        Here and now: left to the garbage collector, the library's objects would be destroyed on
        whatever thread it happens to run.
        """
        self.audio.release()
        if hasattr(self, "_leg"):
            self._leg.detach()
            del self._leg

    # From the leg

    def on_confirmed(self) -> None:
        self._confirmed = True
        self._packets = (0, 0)
        self._settle()

    def on_stream(self, stream: pj.AudioMedia) -> None:
        self.audio.connect(stream)
        self._has_stream = True
        if self._held:
            self._held = False
            self._events.put_nowait(Held(False))
        self._settle()

    def on_hold(self) -> None:
        self.audio.disconnect()
        if not self._held and self._confirmed:
            self._held = True
            self._events.put_nowait(Held(True))

    def on_key(self, digit: str, method: int) -> None:
        now_s = asyncio.get_running_loop().time()
        last_digit, last_method, last_s = self._last_key
        if digit == last_digit and method != last_method and now_s - last_s < _TWICE_SENT_S:
            return
        self._last_key = (digit, method, now_s)
        self._events.put_nowait(DtmfDigit(digit))

    def on_transfer_status(self, sip_code: int, *, final: bool) -> None:
        if self._transfer is None or self._transfer.done():
            return
        if sip_code < 200:
            self._transfer_progress = True
        if sip_code >= 200:
            self._transfer.set_result(outcome_of(sip_code))
        elif final:
            self._transfer.set_result(TransferOutcome.FAILED)

    def on_disconnected(self, sip_code: int, reason: str) -> None:
        if self.ended is not None:
            return
        if self._end_reason is None:
            was_remote = (self._confirmed and sip_code < 300) or sip_code == 487
            self._end_reason = EndReason.REMOTE_HANGUP if was_remote else EndReason.FAILED
        self.ended = Ended(self._end_reason, sip_code, self._end_detail or reason)
        self.audio.end()
        self._settled.set()
        if self._transfer is not None and not self._transfer.done():
            # Gone before the NOTIFY that would have told: not assumed to have succeeded.
            self._transfer.set_result(TransferOutcome.FAILED)
        self._events.put_nowait(self.ended)
        self._keeper.on_call_ended(self)

    def _send_provisional(self, sip_code: int) -> None:
        if self.ended is None and not self._confirmed:
            try:
                self._leg.send_answer(sip_code)
            except pj.Error as error:
                logger.warning("%d could not be sent: %s", sip_code, error.reason)

    def _lost(self, error: pj.Error) -> None:
        """The library knows this call no more: so it is over, whatever became of it."""
        logger.warning("a call was lost: %s", error.reason)
        self._end_reason = self._end_reason or EndReason.FAILED
        self.on_disconnected(500, error.reason)

    def _settle(self) -> None:
        if self._confirmed and self._has_stream and not self._settled.is_set():
            self._was_up = True
            self.audio.read()  # what came before the answer is not part of the conversation
            self._settled.set()
            self._events.put_nowait(Answered())
