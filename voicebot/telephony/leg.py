"""The PJSUA2 object of one call: turns its callbacks into plain calls on one listener.

Everything here runs inside `Endpoint.libHandleEvents` on the endpoint's thread. An exception must
not leave a callback: the C++ side cannot carry it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, Protocol, TypeVar, cast

import pjsua2 as pj

logger = logging.getLogger(__name__)
# PJMEDIA_STREAM_DTMF_IS_UPDATE, which the generated module leaves out.
_DTMF_IS_UPDATE = 1
Callback = TypeVar("Callback", bound=Callable[..., None])


class LegListener(Protocol):
    """What a leg tells the call it belongs to."""

    def on_confirmed(self) -> None: ...
    def on_disconnected(self, sip_code: int, reason: str) -> None: ...
    def on_stream(self, stream: pj.AudioMedia) -> None: ...
    def on_hold(self) -> None: ...
    def on_key(self, digit: str, method: int) -> None: ...
    def on_transfer_status(self, sip_code: int, *, final: bool) -> None: ...


class _Nobody:
    """Listens to a leg that nobody wants to hear of any more."""

    def on_confirmed(self) -> None: ...
    def on_disconnected(self, sip_code: int, reason: str) -> None: ...
    def on_stream(self, stream: pj.AudioMedia) -> None: ...
    def on_hold(self) -> None: ...
    def on_key(self, digit: str, method: int) -> None: ...
    def on_transfer_status(self, sip_code: int, *, final: bool) -> None: ...


_NOBODY = _Nobody()


def guarded(callback: Callback) -> Callback:
    """Log what goes wrong in a callback instead of throwing it into C++."""

    @wraps(callback)
    def safe(*arguments: Any) -> None:
        try:
            callback(*arguments)
        except Exception:
            logger.exception("%s failed", callback.__qualname__)

    return cast(Callback, safe)


class Leg(pj.Call):  # type: ignore[misc]  # the generated module has no types
    """One call in the library. Keep it until a second after `on_disconnected`."""

    def __init__(self, account: pj.Account, listener: LegListener, call_id: int | None) -> None:
        # Before the base: creating that may call back already.
        self._listener = listener
        self._is_over = False
        super().__init__(account, pj.PJSUA_INVALID_ID if call_id is None else call_id)

    def send_answer(self, sip_code: int, headers: Mapping[str, str] | None = None) -> None:
        """Answer an inbound call with a provisional or final response."""
        self.answer(operation(sip_code, headers))

    def place(self, target: str, headers: Mapping[str, str] | None) -> None:
        """Start an outgoing call."""
        self.makeCall(target, operation(0, headers))

    def end(self, sip_code: int) -> None:
        """Hang up, cancel or refuse, whichever the state asks for."""
        if not self._is_over and self.isActive():
            self.hangup(operation(sip_code))

    def refer(self, target: str) -> None:
        """Ask the other side to call somebody else."""
        self.xfer(target, operation(0))

    def detach(self) -> None:
        """Forget the listener, which refers to this leg: no cycle is left."""
        self._is_over = True
        self._listener = _NOBODY

    def packets_seen(self) -> tuple[int, int]:
        """RTP packets received, and RTCP reports received: both stand still on a dead line."""
        info = self.getInfo()  # its vectors live no longer than itself
        for index, media in enumerate(info.media):
            if media.type == pj.PJMEDIA_TYPE_AUDIO and media.audioConfSlot >= 0:
                statistics = self.getStreamStat(index)
                return statistics.rtcp.rxStat.pkt, statistics.rtcp.txStat.updateCount
        return 0, 0

    @guarded
    def onCallState(self, prm: pj.OnCallStateParam) -> None:  # noqa: N802
        info = self.getInfo()
        if info.state == pj.PJSIP_INV_STATE_CONFIRMED:
            self._listener.on_confirmed()
        elif info.state == pj.PJSIP_INV_STATE_DISCONNECTED:
            self._is_over = True
            self._listener.on_disconnected(info.lastStatusCode, info.lastReason)

    @guarded
    def onCallMediaState(self, prm: pj.OnCallMediaStateParam) -> None:  # noqa: N802
        info = self.getInfo()  # its vectors live no longer than itself
        for index, media in enumerate(info.media):
            if media.type != pj.PJMEDIA_TYPE_AUDIO:
                continue
            if media.status == pj.PJSUA_CALL_MEDIA_ACTIVE:
                self._listener.on_stream(self.getAudioMedia(index))
            elif media.status != pj.PJSUA_CALL_MEDIA_ERROR:
                self._listener.on_hold()
            return

    @guarded
    def onDtmfEvent(self, prm: pj.OnDtmfEventParam) -> None:  # noqa: N802
        if not prm.flags & _DTMF_IS_UPDATE:
            self._listener.on_key(prm.digit.upper(), prm.method)

    @guarded
    def onCallTransferStatus(self, prm: pj.OnCallTransferStatusParam) -> None:  # noqa: N802
        prm.cont = not prm.finalNotify
        self._listener.on_transfer_status(prm.statusCode, final=prm.finalNotify)

    @guarded
    def onCallTransferRequest(self, prm: pj.OnCallTransferRequestParam) -> None:  # noqa: N802
        # Whoever calls may not make this machine call others: that is how toll fraud works.
        prm.statusCode = pj.PJSIP_SC_DECLINE

    @guarded
    def onCallReplaceRequest(self, prm: pj.OnCallReplaceRequestParam) -> None:  # noqa: N802
        prm.statusCode = pj.PJSIP_SC_DECLINE


def operation(sip_code: int, headers: Mapping[str, str] | None = None) -> pj.CallOpParam:
    """The parameters of a call operation: audio only, with own headers."""
    parameters = pj.CallOpParam(True)
    parameters.opt.audioCount = 1
    parameters.opt.videoCount = 0
    parameters.opt.textCount = 0
    if sip_code:
        parameters.statusCode = sip_code
    if headers:
        vector = pj.SipHeaderVector()
        for name, value in headers.items():
            if "\r" in value or "\n" in value:
                raise ValueError(f"{name}: a header value has no line breaks")
            header = pj.SipHeader()
            header.hName, header.hValue = name, value
            vector.append(header)
        parameters.txOption.headers = vector
    return parameters
