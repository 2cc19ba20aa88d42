"""What a way of sending messages must offer, and how it may fail."""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import timedelta

from voicebot.records import Message


class GatewayError(Exception):
    """A message did not certainly go out; the text says why, without the recipient."""


class GatewayRefused(GatewayError):
    """It will never go out: a wrong recipient, a text that is not taken, no permission."""


class GatewayUnavailable(GatewayError):
    """It may go out later.

    Attributes:
        handed_over: the gateway may have taken this try before it failed.
        after: how long it asks to be left alone.
    """

    def __init__(
        self, reason: str, *, handed_over: bool = False, after: timedelta | None = None
    ) -> None:
        super().__init__(reason)
        self.handed_over = handed_over
        self.after = after


class MessageGateway(ABC):
    """Sends messages of one or more channels.

    `send` may be called again for a message that went out already, after a crash in between: the
    gateway passes `message.key` on so that the other side can tell. `repeats_safely` says whether
    the other side is bound to.
    """

    repeats_safely: bool

    @abstractmethod
    async def send(self, message: Message) -> str | None:
        """Hand a message over.

        Returns:
            What the other side calls it, if it says.

        Raises:
            GatewayRefused, GatewayUnavailable: see there.
        """

    async def close(self) -> None:  # noqa: B027 - most hold nothing
        """Release what is held."""
