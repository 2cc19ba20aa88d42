"""Which calls are taken: how many at once, how many a second, from where."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Network, NetmaskValueError

from voicebot.settings import Telephony
from voicebot.telephony.call import PhoneError


@dataclass(frozen=True)
class Refusal:
    """Why a call is not taken, as SIP says it."""

    sip_code: int
    retry_after_s: int
    reason: str


class Admission:
    """Decides on each new call.

    Args:
        max_calls: calls at once.
        overflow_calls: so many more are taken to be offered a callback, see `is_over`.
        rate_per_s: new calls a second in the long run, and
        burst: how many may come at the same moment (`telephony.new_calls_per_s` and
            `new_calls_burst`). Both guard the recogniser against a flood.
        clock: seconds, monotonic.
    """

    def __init__(
        self,
        max_calls: int,
        *,
        overflow_calls: int = 0,
        rate_per_s: float = 25.0,
        burst: int = 60,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.max_calls = max_calls
        self.overflow_calls = overflow_calls
        self.draining = False
        self._rate_per_s = rate_per_s
        self._burst = float(burst)
        self._clock = clock
        self._tokens = self._burst
        self._filled_at_s = clock()

    @classmethod
    def from_settings(cls, settings: Telephony) -> Admission:
        """As the settings say."""
        return cls(
            settings.max_calls,
            overflow_calls=settings.overflow_calls,
            rate_per_s=settings.new_calls_per_s,
            burst=settings.new_calls_burst,
        )

    def decide(self, calls_now: int) -> Refusal | None:
        """Take (None) or refuse one more call beside `calls_now` others."""
        if self.draining:
            return Refusal(503, 30, "shutting down")
        if calls_now >= self.max_calls + self.overflow_calls:
            return Refusal(503, 10, "all lines in use")
        now_s = self._clock()
        refill = (now_s - self._filled_at_s) * self._rate_per_s
        self._tokens = min(self._burst, self._tokens + refill)
        self._filled_at_s = now_s
        if self._tokens < 1.0:
            return Refusal(503, 5, "too many new calls")
        self._tokens -= 1.0
        return None

    def is_over(self, calls_now: int) -> bool:
        """Whether one more call beside these would be too many to be served."""
        return calls_now >= self.max_calls


def parse_networks(networks: Iterable[str]) -> list[IPv4Network]:
    """Read the setting `telephony.allowed_peers`.

    Raises:
        PhoneError: an entry is no IPv4 network or address.
    """
    parsed = []
    for text in networks:
        try:
            parsed.append(IPv4Network(text, strict=False))
        except (AddressValueError, NetmaskValueError, ValueError) as error:
            raise PhoneError(
                f"telephony.allowed_peers: {text!r} is no IPv4 network such as '192.0.2.0/24'"
                f" or address such as '192.0.2.7' ({error})"
            ) from error
    return parsed
