import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicebot.telephony.sip_message import SipMessage, SipParseError, SipUri, parameter

INVITE = (
    b"INVITE sip:1555@192.0.2.1 SIP/2.0\r\n"
    b"Via: SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bKaaa, SIP/2.0/UDP 192.0.2.8\r\n"
    b'f: "Maria, Athens" <sip:2101234567@192.0.2.9>;tag=x1\r\n'
    b"To: <sip:1555@192.0.2.1>\r\n"
    b"i: abc@host\r\n"
    b"CSeq: 7 INVITE\r\n"
    b"Subject: first\r\n second\r\n"
    b"X-Topic: a, b\r\n"
    b"Content-Length: 4\r\n\r\nbodyleftover"
)


def test_reads_compact_names_lists_and_folded_lines() -> None:
    message = SipMessage.parse(INVITE)
    assert message.method == "INVITE"
    assert message.branch == "z9hG4bKaaa"
    assert len(message.all("via")) == 2
    assert message.call_id == "abc@host"
    assert message.cseq == (7, "INVITE")
    assert message.get("subject") == "first second"
    assert message.get("X-Topic") == "a, b"
    assert message.body == b"body"
    assert parameter(message.need("From"), "tag") == "x1"


def test_what_is_written_is_read_back() -> None:
    message = SipMessage.parse(INVITE)
    again = SipMessage.parse(message.serialize())
    assert again.method == message.method
    assert again.all("Via") == message.all("Via")
    assert again.body == message.body


def test_a_response_copies_what_it_must_and_adds_the_tag_once() -> None:
    response = SipMessage.parse(INVITE).response(486, tag="mine")
    assert response.reason == "Busy Here"
    assert len(response.all("Via")) == 2
    assert response.get("To") == "<sip:1555@192.0.2.1>;tag=mine"
    assert SipMessage.parse(response.serialize()).status == 486


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        (b"SIP/2.0\r\nVia", b"HTTP/1.1\r\nVia", "start line"),
        (b"CSeq: 7 INVITE\r\n", b"", "CSeq is missing"),
        (b"CSeq: 7 INVITE", b"CSeq: seven", "CSeq is malformed"),
        (b"Content-Length: 4", b"Content-Length: 400", "Content-Length is wrong"),
        (b"Content-Length: 4", b"Content-Length: -4", "Content-Length is wrong"),
        (b"To: <sip:1555@192.0.2.1>", b"To 1555", "line 4 is no header"),
        (b"Maria", b"\xff\xfe", "not UTF-8"),
    ],
)
def test_says_what_is_wrong(old: bytes, new: bytes, complaint: str) -> None:
    assert old in INVITE
    with pytest.raises(SipParseError, match=complaint):
        SipMessage.parse(INVITE.replace(old, new, 1))


@given(st.binary(max_size=400))
def test_garbage_is_refused_not_crashed_on(datagram: bytes) -> None:
    with pytest.raises(SipParseError):
        SipMessage.parse(datagram)


@given(st.integers(0, len(INVITE)), st.binary(max_size=6))
def test_damaged_messages_are_read_or_refused(position: int, noise: bytes) -> None:
    damaged = INVITE[:position] + noise + INVITE[position + len(noise) :]
    with contextlib.suppress(SipParseError):
        SipMessage.parse(damaged).serialize()


@pytest.mark.parametrize(
    ("text", "user", "address"),
    [
        ("sip:1555@127.0.0.1:5070", "1555", ("127.0.0.1", 5070)),
        ('"A" <sip:a@host;transport=udp>;tag=1', "a", ("host", 5060)),
        ("sips:b@host", "b", ("host", 5061)),
        ("<sip:host:5080;lr>", "", ("host", 5080)),
        ("sip:c@[::1]:5060", "c", ("::1", 5060)),
    ],
)
def test_reads_uris(text: str, user: str, address: tuple[str, int]) -> None:
    uri = SipUri.parse(text)
    assert (uri.user, uri.address) == (user, address)


@pytest.mark.parametrize("text", ["", "tel:+30", "sip:", "sip:a@b:99999", "sip:a b@c", "http://x"])
def test_refuses_what_is_no_sip_uri(text: str) -> None:
    with pytest.raises(SipParseError):
        SipUri.parse(text)


def test_a_header_cannot_smuggle_in_another() -> None:
    with pytest.raises(ValueError, match="line breaks"):
        SipMessage(method="BYE", uri="sip:a@b").add("X-Note", "a\r\nRoute: <sip:evil>")
