"""The values of due work and of messages that cross the border of the records."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

Payload = tuple[tuple[str, str], ...]


class WorkState(StrEnum):
    """Life of a piece of due work; the last three are ends."""

    WAITING = "waiting"
    CLAIMED = "claimed"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class Work:
    """One claimed piece of due work.

    Attributes:
        kind: which handler does it.
        subject: number or id of the thing that it is about.
        key: tells pieces of one kind about one subject apart.
        due_at: when it was to be done (UTC).
        payload: names and values that whoever scheduled it gave along.
        attempts: which try this is, from 1; starts again after a retry that a handler asked for.
        claim: how often it has been claimed at all. Whoever holds an older claim can change
            nothing any more.
        claimed_until: when the claim runs out unless it is extended (UTC).
        lease: how long an extension lasts.
    """

    work_id: int
    kind: str
    subject: str
    key: str
    due_at: datetime
    payload: Payload
    attempts: int
    max_attempts: int
    claim: int
    claimed_until: datetime
    lease: timedelta = timedelta(minutes=1)

    def value(self, name: str) -> str | None:
        """A value of the payload, or None."""
        return dict(self.payload).get(name)


@dataclass(frozen=True)
class WorkSummary:
    """A piece of work as people see it, in any state."""

    work_id: int
    kind: str
    subject: str
    key: str
    due_at: datetime
    state: WorkState
    attempts: int
    claimed_by: str | None
    last_error: str | None


class MessageChannel(StrEnum):
    """How a message goes out."""

    SMS = "sms"
    EMAIL = "email"


class MessageState(StrEnum):
    """Life of a message. UNKNOWN: it was handed over and nobody knows whether it went out;
    EXPIRED: it could not be sent while it still made sense."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    UNKNOWN = "unknown"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class Attachment:
    """A small text file that goes with an e-mail, such as a calendar entry."""

    name: str
    media_type: str
    content: str = field(repr=False)


@dataclass(frozen=True)
class Message:
    """One message. The recipient and the words stay out of `repr`, and so out of logs.

    Attributes:
        key: the same for every try at sending it, and for no other message.
        purpose: why it is sent ("reminder", "confirmation", ...).
        about: number of the appointment or case, if any.
        expires_at: when it makes no sense any more (UTC).
        reference: what the gateway calls it.
    """

    message_id: int
    key: str
    channel: MessageChannel
    recipient: str = field(repr=False)
    title: str | None
    text: str = field(repr=False)
    attachments: tuple[Attachment, ...] = field(repr=False)
    purpose: str
    about: str | None
    state: MessageState
    attempts: int
    queued_at: datetime
    expires_at: datetime | None
    sent_at: datetime | None
    reference: str | None
    last_error: str | None
