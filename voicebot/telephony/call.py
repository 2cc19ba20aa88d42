"""The asynchronous face of one call, independent of the SIP stack behind it.

Audio is signed 16-bit little-endian mono PCM at 8000 Hz in 20 ms frames of 320 bytes.
Everything here runs on the event loop of the thread that owns the endpoint.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

SAMPLE_RATE_HZ = 8000
FRAME_MS = 20
FRAME_BYTES = SAMPLE_RATE_HZ * FRAME_MS // 1000 * 2


class Direction(StrEnum):
    """Who started the call."""

    INBOUND = "inbound"
    OUTBOUND = "outbound"


class EndReason(StrEnum):
    """Why a call ended, as far as signalling and media can tell."""

    REMOTE_HANGUP = "remote_hangup"
    LOCAL_HANGUP = "local_hangup"
    TRANSFERRED = "transferred"
    MEDIA_TIMEOUT = "media_timeout"
    FAILED = "failed"


@dataclass(frozen=True)
class CallInfo:
    """Who is calling whom.

    `number` is the caller's number when the remote party gave a usable one (digits, optional
    leading `+`), else None. `headers` holds User-to-User, Diversion, P-Asserted-Identity and
    X-* headers of the INVITE, with names in lower case.
    """

    call_id: str
    direction: Direction
    remote_uri: str
    local_uri: str
    number: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Answered:
    """The call is up and audio flows."""


@dataclass(frozen=True)
class DtmfDigit:
    """One key, by RFC 4733 or SIP INFO, reported once, at its start."""

    digit: str


@dataclass(frozen=True)
class Held:
    """The remote party put the call on hold (True) or took it back (False)."""

    on_hold: bool


@dataclass(frozen=True)
class Ended:
    """The last event of a call."""

    reason: EndReason
    sip_code: int
    detail: str = ""


CallEvent = Answered | DtmfDigit | Held | Ended


class TransferOutcome(StrEnum):
    """What became of a transfer: never assumed, taken from NOTIFY or from the second call."""

    COMPLETED = "completed"
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    REJECTED = "rejected"
    FAILED = "failed"


class CallFailed(Exception):
    """An outgoing call was not answered."""

    def __init__(self, outcome: TransferOutcome, sip_code: int, detail: str = "") -> None:
        super().__init__(f"{outcome}: {sip_code} {detail}".rstrip())
        self.outcome = outcome
        self.sip_code = sip_code


class Call(ABC):
    """One call leg. `over_limit`: there is no line for it, but room for a short offer."""

    info: CallInfo
    over_limit: bool = False

    @abstractmethod
    def events(self) -> AsyncIterator[CallEvent]:
        """Yield events in order; ends after `Ended`. One consumer."""

    @abstractmethod
    async def ringing(self) -> None:
        """Send 180 Ringing (inbound, before `answer`)."""

    @abstractmethod
    async def answer(self) -> None:
        """Send 200 OK and wait until audio flows.

        Raises:
            CallFailed: the caller gave up first or no media could be agreed on.
        """

    @abstractmethod
    async def reject(self, sip_code: int) -> None:
        """Refuse an inbound call, e.g. 486 busy or 503 overloaded."""

    @abstractmethod
    async def hang_up(self) -> None:
        """End the call. Safe to call in any state and more than once."""

    @abstractmethod
    def read(self) -> bytes:
        """Caller audio received since the last read: whole frames, possibly none."""

    @abstractmethod
    async def wait_audio(self) -> None:
        """Return when `read` has at least one frame, or the call has ended."""

    @abstractmethod
    def write(self, pcm: bytes) -> None:
        """Queue audio to be played; any length, the last frame is padded with silence."""

    @abstractmethod
    def clear(self) -> int:
        """Drop audio not played yet (barge-in); returns how much was dropped, in ms."""

    @property
    @abstractmethod
    def pending_ms(self) -> int:
        """How much queued audio has not been played yet, in ms."""

    @property
    @abstractmethod
    def is_up(self) -> bool:
        """True while audio can flow."""

    @abstractmethod
    async def transfer(self, target_uri: str, *, timeout_s: float = 30.0) -> TransferOutcome:
        """Blind transfer (REFER), following NOTIFY. On COMPLETED this leg ends; otherwise the
        caller is still here."""

    @abstractmethod
    def bridge(self, other: Call) -> None:
        """Connect the audio of two legs directly (warm transfer); `read`/`write` of both go quiet
        until one leg ends or `unbridge` is called."""

    @abstractmethod
    def unbridge(self) -> None:
        """Take this leg back from a bridge."""


class Phone(ABC):
    """Where calls come from and go to."""

    @abstractmethod
    async def start(self) -> None:
        """Bind the transports and, if so configured, register with the trunk.

        Raises:
            PhoneError: a port is taken or the configuration cannot work; the text says the mend.
        """

    @abstractmethod
    def incoming(self) -> AsyncIterator[Call]:
        """Yield inbound calls, not answered yet."""

    @abstractmethod
    async def dial(
        self,
        target_uri: str,
        *,
        headers: Mapping[str, str] | None = None,
        timeout_s: float = 30.0,
    ) -> Call:
        """Place a call and return it once answered.

        Raises:
            CallFailed: busy, rejected, no answer within the timeout.
        """

    @abstractmethod
    async def stop(self, *, drain_s: float = 0.0) -> None:
        """Refuse new calls, wait up to `drain_s` seconds for those in progress, then end them."""


class PhoneError(Exception):
    """The SIP endpoint cannot be used as configured."""
