"""SIP messages (RFC 3261) as text on the wire and as values, apart from any I/O."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, field

_COMPACT_NAMES = {
    "b": "Referred-By",
    "c": "Content-Type",
    "e": "Content-Encoding",
    "f": "From",
    "i": "Call-ID",
    "k": "Supported",
    "l": "Content-Length",
    "m": "Contact",
    "o": "Event",
    "r": "Refer-To",
    "s": "Subject",
    "t": "To",
    "u": "Allow-Events",
    "v": "Via",
    "x": "Session-Expires",
}
# These may hold several values behind one name; elsewhere a comma is part of the value.
_COMMA_LISTS = {"via", "route", "record-route", "contact"}
_MAX_MESSAGE_BYTES = 65_535

REASONS = {
    100: "Trying",
    180: "Ringing",
    183: "Session Progress",
    200: "OK",
    202: "Accepted",
    400: "Bad Request",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    408: "Request Timeout",
    480: "Temporarily Unavailable",
    481: "Call/Transaction Does Not Exist",
    486: "Busy Here",
    487: "Request Terminated",
    488: "Not Acceptable Here",
    501: "Not Implemented",
    503: "Service Unavailable",
    603: "Decline",
}


class SipParseError(ValueError):
    """The bytes are not a SIP message; the text names the line or header."""


@dataclass(frozen=True)
class SipUri:
    """A `sip:` or `sips:` URI. `host` keeps the brackets of an IPv6 address."""

    user: str
    host: str
    port: int | None = None
    parameters: str = ""
    scheme: str = "sip"

    @classmethod
    def parse(cls, text: str) -> SipUri:
        """Read a URI or the URI of a name-addr such as `"Name" <sip:a@b>;tag=x`.

        Raises:
            SipParseError: it is none.
        """
        inner = re.search(r"<([^>]*)>", text)
        bare = inner[1] if inner else text.strip()
        found = re.fullmatch(
            r"(?P<scheme>sips?):(?:(?P<user>[^@;?\s]*)@)?"
            r"(?P<host>\[[0-9A-Fa-f:.]+\]|[^:;?\s@]+)(?::(?P<port>\d{1,5}))?"
            r"(?P<parameters>(?:;[^?\s]*)?)(?:\?\S*)?",
            bare,
            re.IGNORECASE,
        )
        if found is None:
            raise SipParseError(f"not a SIP URI: {bare!r}")
        port = int(found["port"]) if found["port"] else None
        if port is not None and not 0 < port < 65_536:
            raise SipParseError(f"not a port: {port}")
        return cls(
            user=found["user"] or "",
            host=found["host"],
            port=port,
            parameters=found["parameters"],
            scheme=found["scheme"].lower(),
        )

    @property
    def address(self) -> tuple[str, int]:
        """Host and port to send to, without a name look-up."""
        return self.host.strip("[]"), self.port or (5061 if self.scheme == "sips" else 5060)

    def __str__(self) -> str:
        user = f"{self.user}@" if self.user else ""
        port = f":{self.port}" if self.port else ""
        return f"{self.scheme}:{user}{self.host}{port}{self.parameters}"


@dataclass
class SipMessage:
    """A request (`method` and `uri` set) or a response (`status` set).

    Header names are looked up without regard to case; compact names are read as the long ones.
    """

    method: str = ""
    uri: str = ""
    status: int = 0
    reason: str = ""
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""

    @classmethod
    def parse(cls, datagram: bytes) -> SipMessage:
        """Read one datagram.

        Raises:
            SipParseError: it is not a SIP message, or a header that every message needs is
                missing.
        """
        if len(datagram) > _MAX_MESSAGE_BYTES:
            raise SipParseError("message too long")
        head, _, body = datagram.partition(b"\r\n\r\n")
        try:
            # A line that starts with white space goes on with the header before it.
            lines = re.sub(r"\r\n[ \t]+", " ", head.decode("utf-8")).split("\r\n")
        except UnicodeDecodeError as error:
            raise SipParseError("headers are not UTF-8") from error
        message = cls._start(lines[0])
        for number, line in enumerate(lines[1:], start=2):
            name, colon, value = line.partition(":")
            if not colon or not name.strip():
                raise SipParseError(f"line {number} is no header: {line[:60]!r}")
            name = _COMPACT_NAMES.get(name.strip().lower(), name.strip())
            values = _split_list(value) if name.lower() in _COMMA_LISTS else [value.strip()]
            message.headers.extend((name, item) for item in values)
        for needed in ("Via", "From", "To", "Call-ID", "CSeq"):
            if message.get(needed) is None:
                raise SipParseError(f"{needed} is missing")
        message.cseq  # noqa: B018  reading it checks it
        message.body = _cut_body(body, message.get("Content-Length"))
        return message

    @classmethod
    def _start(cls, line: str) -> SipMessage:
        if response := re.fullmatch(r"SIP/2\.0 ([1-6]\d\d)(?: (.*))?", line):
            return cls(status=int(response[1]), reason=response[2] or "")
        if request := re.fullmatch(r"([A-Za-z0-9.!%*_+`'~-]+) (\S+) SIP/2\.0", line):
            return cls(method=request[1], uri=request[2])
        raise SipParseError(f"not a SIP start line: {line[:60]!r}")

    def serialize(self) -> bytes:
        """The bytes for the wire; Content-Length is filled in."""
        if self.is_request:
            start = f"{self.method} {self.uri} SIP/2.0"
        else:
            start = f"SIP/2.0 {self.status} {self.reason or REASONS.get(self.status, 'Unknown')}"
        lines = [start]
        lines += [f"{k}: {v}" for k, v in self.headers if k.lower() != "content-length"]
        lines.append(f"Content-Length: {len(self.body)}")
        return ("\r\n".join(lines) + "\r\n\r\n").encode() + self.body

    @property
    def is_request(self) -> bool:
        return bool(self.method)

    def get(self, name: str) -> str | None:
        """The first value of a header."""
        return next((v for k, v in self.headers if k.lower() == name.lower()), None)

    def all(self, name: str) -> list[str]:
        """All values of a header, in order."""
        return [v for k, v in self.headers if k.lower() == name.lower()]

    def need(self, name: str) -> str:
        """The first value of a header that `parse` has made sure of, or that must be there.

        Raises:
            SipParseError: it is missing.
        """
        value = self.get(name)
        if value is None:
            raise SipParseError(f"{name} is missing")
        return value

    def add(self, name: str, value: str) -> None:
        """Append a header."""
        if "\r" in value or "\n" in value:
            raise ValueError(f"{name}: a header value has no line breaks")
        self.headers.append((name, value))

    @property
    def cseq(self) -> tuple[int, str]:
        """Sequence number and method.

        Raises:
            SipParseError: the header is malformed.
        """
        found = re.fullmatch(r"(\d{1,10})\s+(\S+)", self.need("CSeq"))
        if found is None:
            raise SipParseError(f"CSeq is malformed: {self.need('CSeq')!r}")
        return int(found[1]), found[2]

    @property
    def call_id(self) -> str:
        return self.need("Call-ID")

    @property
    def branch(self) -> str:
        """The transaction's name: the branch of the topmost Via, or "" if it has none."""
        return parameter(self.need("Via"), "branch") or ""

    def response(self, status: int, *, tag: str = "", reason: str = "") -> SipMessage:
        """A response to this request, with the headers that RFC 3261 says to copy."""
        answer = SipMessage(status=status, reason=reason or REASONS.get(status, "Unknown"))
        for name, value in self.headers:
            if name.lower() in ("via", "from", "to", "call-id", "cseq", "record-route"):
                if name.lower() == "to" and tag and parameter(value, "tag") is None:
                    value = f"{value};tag={tag}"
                answer.headers.append((name, value))
        return answer


def parameter(value: str, name: str) -> str | None:
    """A `;name=value` parameter of a header value, outside of any <URI>."""
    outside = re.sub(r"<[^>]*>", "", value)
    found = re.search(rf";\s*{re.escape(name)}\s*=\s*\"?([^;\",\s]+)", outside, re.IGNORECASE)
    return found[1] if found else None


def new_branch() -> str:
    """A transaction name; starts as RFC 3261 wants."""
    return f"z9hG4bK{secrets.token_hex(8)}"


def new_tag() -> str:
    return secrets.token_hex(5)


def _split_list(value: str) -> list[str]:
    parts = re.findall(r'(?:"(?:\\.|[^"\\])*"|<[^>]*>|[^,"<])+', value)
    return [part.strip() for part in parts if part.strip()]


def _cut_body(body: bytes, content_length: str | None) -> bytes:
    if content_length is None:
        return body
    if not content_length.isdecimal() or int(content_length) > len(body):
        raise SipParseError(f"Content-Length is wrong: {content_length!r}")
    return body[: int(content_length)]
