"""Who calls, as the INVITE says it; and whom calls may be transferred to."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from voicebot.telephony.call import CallInfo, Direction, PhoneError, TransferOutcome
from voicebot.telephony.sip_message import SipMessage, SipParseError, SipUri

_KEPT_HEADERS = {"user-to-user", "diversion", "p-asserted-identity", "history-info"}
_NUMBER = re.compile(r"\+?\d{3,15}")


def describe_inbound(invite: str, call_id: str, remote_uri: str, local_uri: str) -> CallInfo:
    """Read what an inbound INVITE says about its caller.

    Args:
        invite: the whole message as text.
        call_id: its Call-ID.
        remote_uri: From, which says who calls if nothing better does.
        local_uri: whom it is for.
    """
    try:
        headers = _kept(SipMessage.parse(invite.encode()))
    except SipParseError:
        headers = {}  # the stack could read it, we cannot: the call is worth more than its headers
    asserted = headers.get("p-asserted-identity")
    number = (_number_in(asserted) if asserted else None) or _number_in(remote_uri)
    return CallInfo(
        call_id=call_id,
        direction=Direction.INBOUND,
        remote_uri=remote_uri,
        local_uri=local_uri,
        number=number,
        headers=headers,
    )


def outcome_of(sip_code: int) -> TransferOutcome:
    """What a final SIP code of a call to somebody means for the one who waits for them."""
    if 200 <= sip_code < 300:
        return TransferOutcome.COMPLETED
    if sip_code in (486, 600):
        return TransferOutcome.BUSY
    if sip_code in (408, 480, 487, 504):
        return TransferOutcome.NO_ANSWER
    if sip_code in (401, 403, 405, 407, 603, 607):
        return TransferOutcome.REJECTED
    return TransferOutcome.FAILED


class TransferTargets:
    """The only URIs that a call may be referred to; they come from the settings, never from what
    a caller says."""

    def __init__(self, uris: Iterable[str]) -> None:
        self._allowed = set()
        for uri in uris:
            try:
                self._allowed.add(_key(uri))
            except SipParseError as error:
                raise PhoneError(
                    f"telephony.transfer_targets or desk.agents: {error}; write sip:user@host"
                ) from error

    def __contains__(self, uri: str) -> bool:
        try:
            return _key(uri) in self._allowed
        except SipParseError:
            return False


def _key(uri: str) -> tuple[str, str, str, int]:
    parsed = SipUri.parse(uri)
    return (parsed.scheme, parsed.user, parsed.host.lower(), parsed.address[1])


def _kept(invite: SipMessage) -> Mapping[str, str]:
    kept: dict[str, str] = {}
    for name, value in invite.headers:
        lower = name.lower()
        if lower in _KEPT_HEADERS or lower.startswith("x-"):
            kept.setdefault(lower, value)
    return kept


def _number_in(uri: str) -> str | None:
    found = re.search(r"(?:sips?|tel):([^@;>\s]+)", uri)
    user = re.sub(r"[-.()]", "", found[1]) if found else ""
    return user if _NUMBER.fullmatch(user) else None
