"""One call of the softphone."""

from __future__ import annotations

import asyncio
from array import array
from collections.abc import AsyncIterator, Callable, Mapping
from enum import StrEnum

from voicebot.telephony import sdp
from voicebot.telephony.g711 import Law
from voicebot.telephony.sdp import AudioStream, SdpError
from voicebot.telephony.sip_message import SipMessage, SipUri
from voicebot.telephony.soft_dialog import ALLOW, Dialog
from voicebot.telephony.soft_media import MediaStream, ReceivedFrame
from voicebot.telephony.soft_transactions import ClientTransaction, ServerTransaction


class CallState(StrEnum):
    """Where a call is in its life."""

    CALLING = "calling"
    OFFERED = "offered"
    UP = "up"
    ENDED = "ended"


class SoftCallFailed(Exception):
    """The call was not answered; `status` is the SIP code (408 when nobody replied)."""

    def __init__(self, status: int, reason: str = "") -> None:
        super().__init__(f"{status} {reason}".rstrip())
        self.status = status


class SoftCall:
    """A call placed or received by a `Softphone`.

    PCM is signed 16-bit little-endian mono at 8000 Hz. Times are `time.monotonic` seconds.
    """

    def __init__(
        self, dialog: Dialog, media: MediaStream, laws: tuple[Law, ...], host: str
    ) -> None:
        self.dialog = dialog
        self.media = media
        self.state = CallState.CALLING
        self.provisional: list[int] = []
        self.final_status = 0
        self.final_response: SipMessage | None = None
        self.ended_by_remote = False
        self.invite: SipMessage | None = None
        self.on_hold = False
        self.referred: asyncio.Future[SoftCall] = asyncio.get_running_loop().create_future()
        self.on_ended: Callable[[SoftCall], None] = lambda call: None
        self._laws = laws
        self._host = host
        self._sdp_version = 0
        self._direction = "sendrecv"
        self._progress = asyncio.Event()
        self._settled = asyncio.Event()
        self._ended = asyncio.Event()
        self._invite_client: ClientTransaction | None = None
        self._invite_server: ServerTransaction | None = None

    # Audio

    def send(self, pcm: bytes) -> None:
        """Queue audio; it leaves at one 20 ms packet each 20 ms."""
        self.media.send(pcm)

    async def drained(self) -> float:
        """Wait until all queued audio is sent; returns when its last packet left."""
        return await self.media.drained()

    @property
    def received(self) -> list[ReceivedFrame]:
        """Every audio packet so far, in order of arrival."""
        return self.media.received

    @property
    def lost(self) -> int:
        """Packets sent to us that never came, judged by sequence numbers."""
        return self.media.lost

    async def audio(self) -> AsyncIterator[ReceivedFrame]:
        """Yield audio packets from the first one on, as they come, until the call ends."""
        count = 0
        while await self.media.wait_beyond(count):
            for frame in self.media.received[count:]:
                count += 1
                yield frame

    def first_sound_after(self, time_s: float, *, threshold: int = 500) -> ReceivedFrame | None:
        """The first packet later than `time_s` with a sample louder than `threshold`."""
        for frame in self.received:
            if frame.time_s > time_s and max(map(abs, array("h", frame.pcm)), default=0) > (
                threshold
            ):
                return frame
        return None

    def recording(self) -> bytes:
        """All received audio as one piece, packets as they came."""
        return b"".join(frame.pcm for frame in self.received)

    # Keys

    @property
    def keys(self) -> list[str]:
        """Keys received by RFC 4733."""
        return self.media.keys

    def send_digits(self, keys: str, *, duration_ms: int = 160, gap_ms: int = 80) -> None:
        """Queue key presses (RFC 4733) behind the audio queued so far.

        Raises:
            ValueError: not a telephone key.
        """
        self.media.send_keys(keys, duration_ms=duration_ms, gap_ms=gap_ms)

    async def send_digit_info(self, key: str, *, duration_ms: int = 160) -> int:
        """Press one key by SIP INFO; returns the status of the reply."""
        body = f"Signal={key}\r\nDuration={duration_ms}\r\n".encode()
        request = self.dialog.build("INFO", body=body, content_type="application/dtmf-relay")
        return (await self.dialog.send(request).final_response()).status

    # Signalling

    async def answered(self) -> None:
        """Wait until the call is up.

        Raises:
            SoftCallFailed: it was refused, cancelled, or nobody replied.
        """
        await self._settled.wait()
        if self.state is not CallState.UP and self.final_status >= 300:
            raise SoftCallFailed(self.final_status)

    async def wait_ended(self) -> None:
        """Wait until the call is over, whoever ends it."""
        await self._ended.wait()

    async def hang_up(self) -> None:
        """End the call in whatever state it is; safe to call more than once."""
        if self.state is CallState.UP:
            self._end(by_remote=False)
            await self.dialog.send(self.dialog.build("BYE")).final_response()
        elif self.state is CallState.OFFERED:
            await self.reject(480)
        elif self.state is CallState.CALLING:
            await self._cancel()

    async def hold(self, *, direction: str = "sendonly") -> int:
        """Put the other side on hold by re-INVITE; returns the status of the reply."""
        return await self._reinvite(direction)

    async def resume(self) -> int:
        """Take the other side back from hold."""
        return await self._reinvite("sendrecv")

    async def ring(self) -> None:
        """Send 180 (inbound)."""
        self._respond(180)

    async def answer(self) -> None:
        """Send 200 (inbound).

        Raises:
            SoftCallFailed: the caller gave up, or offers no codec that this side has.
        """
        transaction = self._invite_server
        if self.state is not CallState.OFFERED or transaction is None:
            raise SoftCallFailed(self.final_status or 487)
        offer = transaction.request.body
        try:
            remote = sdp.read(offer) if offer else None
        except SdpError as error:
            await self.reject(488)
            raise SoftCallFailed(488, str(error)) from error
        self._answer_offer(transaction, remote)
        self.state = CallState.UP
        self._settled.set()

    async def reject(self, status: int) -> None:
        """Refuse (inbound)."""
        if self.state is CallState.OFFERED:
            self._respond(status)
            self.final_status = status
            self._end(by_remote=False)

    async def start_call(self, headers: Mapping[str, str]) -> None:
        """Send the INVITE and follow it to its end; used by `Softphone.invite` as a task."""
        if self._ended.is_set():
            return
        invite = self.dialog.build("INVITE", headers=headers, body=self._describe())
        self.invite = invite
        self._invite_client = client = self.dialog.send(invite)
        while True:
            response = await client.responses.get()
            self._progress.set()
            if response.status < 200:
                self.provisional.append(response.status)
                if response.body:
                    self._take_media(response)
                continue
            break
        self.final_status, self.final_response = response.status, response
        if response.status >= 300:
            self._end(by_remote=True)
            return
        self.dialog.establish(response)
        self.dialog.acknowledge(response)
        if self._ended.is_set() or not self._take_media(response):
            self._end(by_remote=False)
            await self.dialog.send(self.dialog.build("BYE")).final_response()
            return
        self.state = CallState.UP
        self._settled.set()

    def offer(self, transaction: ServerTransaction) -> None:
        """Take a new inbound INVITE; used by `Softphone`."""
        self.invite = transaction.request
        self._invite_server = transaction
        self.state = CallState.OFFERED

    def handle(self, transaction: ServerTransaction) -> None:
        """Answer a request within the call, all but REFER, which the softphone handles."""
        request = transaction.request
        if request.method == "BYE":
            transaction.respond(request.response(200))
            self._end(by_remote=True)
        elif request.method in ("INVITE", "UPDATE"):
            self._renegotiate(transaction)
        elif request.method == "CANCEL":
            transaction.respond(request.response(200, tag=self.dialog.local_tag))
            if self.state is CallState.OFFERED:
                self._respond(487)
                self.final_status = 487
                self._end(by_remote=True)
        elif request.method in ("INFO", "NOTIFY", "OPTIONS"):
            if request.method == "INFO" and b"Signal=" in request.body:
                self.keys.append(request.body.split(b"Signal=")[1][:1].decode())
            transaction.respond(request.response(200))
        else:
            transaction.respond(request.response(501))

    def acknowledged(self) -> None:
        """The ACK of our 200 came."""
        if self._invite_server is not None:
            self._invite_server.layer.acknowledge(self._invite_server.request)

    def repeat_ack(self, response: SipMessage) -> None:
        """A 200 to our INVITE came again: its ACK was lost."""
        if response.status < 300 and response.cseq[1] == "INVITE":
            self.dialog.acknowledge(response)

    async def _cancel(self) -> None:
        client = self._invite_client
        if client is None:  # the INVITE was not sent yet, and now it will not be
            self._end(by_remote=False)
            return
        await self._progress.wait()  # RFC 3261 §9.1: no CANCEL before a provisional response
        if client.final is None:
            invite = client.request
            cancel = self.dialog.build("CANCEL", cseq=invite.cseq[0], branch=invite.branch)
            cancel.uri = invite.uri
            await self.dialog.send(cancel).final_response()
        await self._settled.wait()
        if not self._ended.is_set():  # the answer was on its way already
            await self.hang_up()

    async def _reinvite(self, direction: str) -> int:
        self._direction = direction
        request = self.dialog.build("INVITE", body=self._describe())
        response = await self.dialog.send(request).final_response()
        if response.status < 300:
            self.dialog.acknowledge(response)
            self._take_media(response)
        return response.status

    def _renegotiate(self, transaction: ServerTransaction) -> None:
        request = transaction.request
        if request.method == "INVITE":
            self._invite_server = transaction
        try:
            remote = sdp.read(request.body) if request.body else None
        except SdpError:
            transaction.respond(request.response(488, tag=self.dialog.local_tag))
            return
        if (contact := request.get("Contact")) is not None:
            self.dialog.target = str(SipUri.parse(contact))
        if remote is not None:
            self.on_hold = remote.direction in ("sendonly", "inactive")
        self._answer_offer(transaction, remote)

    def _answer_offer(self, transaction: ServerTransaction, remote: AudioStream | None) -> None:
        response = transaction.request.response(200, tag=self.dialog.local_tag)
        response.add("Contact", f"<{self.dialog.contact}>")
        response.add("Allow", ALLOW)
        if remote is not None or transaction.request.method == "INVITE":
            direction = sdp.mirrored(remote.direction) if remote else self._direction
            laws = (remote.law,) if remote else self._laws
            response.add("Content-Type", "application/sdp")
            response.body = self._describe(direction, laws)
        transaction.respond(response)
        if remote is not None:
            self.media.start(remote)

    def _take_media(self, response: SipMessage) -> bool:
        try:
            self.media.start(sdp.read(response.body))
        except SdpError:
            return False
        return True

    def _describe(self, direction: str | None = None, laws: tuple[Law, ...] | None = None) -> bytes:
        self._sdp_version += 1
        laws = laws or self._laws
        stream = AudioStream(
            self._host, self.media.port, laws[0], direction=direction or self._direction
        )
        return sdp.describe(stream, session=self._sdp_version, laws=laws)

    def _respond(self, status: int) -> None:
        if self._invite_server is not None:
            response = self._invite_server.request.response(status, tag=self.dialog.local_tag)
            response.add("Contact", f"<{self.dialog.contact}>")
            self._invite_server.respond(response)

    def _end(self, *, by_remote: bool) -> None:
        if self.state is CallState.ENDED:
            return
        self.state = CallState.ENDED
        self.ended_by_remote = by_remote
        self.media.close()
        self._settled.set()
        self._ended.set()
        self.on_ended(self)
