"""Session descriptions (RFC 4566, offer and answer of RFC 3264) for one G.711 audio stream."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass

from voicebot.telephony.g711 import Law

TELEPHONE_EVENT_TYPE = 101


class SdpError(ValueError):
    """The description cannot be read, or offers nothing that this side can do."""


@dataclass(frozen=True)
class AudioStream:
    """What one side says about the audio stream."""

    host: str
    port: int
    law: Law
    event_type: int | None = TELEPHONE_EVENT_TYPE
    direction: str = "sendrecv"


def describe(stream: AudioStream, *, session: int, laws: tuple[Law, ...]) -> bytes:
    """Write an offer or answer.

    Args:
        stream: address, direction and event type of this side.
        session: version number; raise it with every new description of a call.
        laws: codecs in order of preference.
    """
    types = [str(int(law)) for law in laws]
    lines = [
        "v=0",
        f"o=- {int(time.time())} {session} IN IP4 {stream.host}",
        "s=-",
        f"c=IN IP4 {stream.host}",
        "t=0 0",
    ]
    maps = [f"a=rtpmap:{int(law)} {law.name}/8000" for law in laws]
    if stream.event_type is not None:
        types.append(str(stream.event_type))
        maps += [
            f"a=rtpmap:{stream.event_type} telephone-event/8000",
            f"a=fmtp:{stream.event_type} 0-15",
        ]
    lines.append(f"m=audio {stream.port} RTP/AVP {' '.join(types)}")
    lines += [*maps, "a=ptime:20", f"a={stream.direction}"]
    return ("\r\n".join(lines) + "\r\n").encode()


def read(body: bytes) -> AudioStream:
    """Read the first audio stream of a description, with the first codec that is G.711.

    Raises:
        SdpError: no audio, or none in G.711 over plain RTP.
    """
    text = body.decode("utf-8", errors="replace")
    session, *media = re.split(r"(?m)^(?=m=)", text)
    audio = next((part for part in media if part.startswith("m=audio ")), None)
    if audio is None:
        raise SdpError("no audio stream")
    line = re.match(r"m=audio (\d+)(?:/\d+)? (\S+) ([\d ]+)", audio)
    if line is None:
        raise SdpError("the audio stream is malformed")
    if line[2] != "RTP/AVP":
        raise SdpError(f"{line[2]} is not plain RTP")
    types = [int(number) for number in line[3].split()]
    law = next((Law(number) for number in types if number in (Law.PCMA, Law.PCMU)), None)
    if law is None:
        raise SdpError("no G.711 codec")
    events = re.search(r"(?m)^a=rtpmap:(\d+) telephone-event/8000", audio)
    address = re.search(r"(?m)^c=IN IP4 (\S+)", audio) or re.search(r"(?m)^c=IN IP4 (\S+)", session)
    if address is None:
        raise SdpError("no IPv4 address")
    direction = re.search(r"(?m)^a=(sendrecv|sendonly|recvonly|inactive)\s*$", audio) or re.search(
        r"(?m)^a=(sendrecv|sendonly|recvonly|inactive)\s*$", session
    )
    return AudioStream(
        host=address[1],
        port=int(line[1]),
        law=law,
        event_type=int(events[1]) if events else None,
        direction=direction[1] if direction else "sendrecv",
    )


def mirrored(direction: str) -> str:
    """The direction that answers an offered one."""
    return {"sendonly": "recvonly", "recvonly": "sendonly"}.get(direction, direction)
