import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicebot.telephony.g711 import Law
from voicebot.telephony.sdp import AudioStream, SdpError, describe, mirrored, read


def test_what_is_written_is_read_back() -> None:
    stream = AudioStream("192.0.2.5", 4000, Law.PCMU, direction="sendonly")
    assert read(describe(stream, session=3, laws=(Law.PCMU, Law.PCMA))) == stream


def test_takes_the_first_codec_it_can_and_the_address_of_the_stream() -> None:
    body = (
        b"v=0\r\nc=IN IP4 192.0.2.1\r\na=inactive\r\nm=video 9 RTP/AVP 99\r\n"
        b"m=audio 5004 RTP/AVP 111 9 0 8 96\r\nc=IN IP4 192.0.2.2\r\n"
        b"a=rtpmap:96 telephone-event/8000\r\n"
    )
    assert read(body) == AudioStream("192.0.2.2", 5004, Law.PCMU, 96, "inactive")


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        (b"v=0\r\n", "no audio"),
        (b"c=IN IP4 1.1.1.1\r\nm=audio 1 RTP/SAVP 0\r\n", "not plain RTP"),
        (b"c=IN IP4 1.1.1.1\r\nm=audio 1 RTP/AVP 18\r\n", "no G.711"),
        (b"m=audio 1 RTP/AVP 0\r\n", "no IPv4 address"),
        (b"m=audio x RTP/AVP 0\r\n", "malformed"),
    ],
)
def test_says_what_it_cannot_do(body: bytes, complaint: str) -> None:
    with pytest.raises(SdpError, match=complaint):
        read(body)


@given(st.binary(max_size=200))
def test_garbage_is_refused(body: bytes) -> None:
    with pytest.raises(SdpError):
        read(body)


def test_hold_is_answered_by_its_mirror() -> None:
    assert mirrored("sendonly") == "recvonly"
    assert mirrored("inactive") == "inactive"
