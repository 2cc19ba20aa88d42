"""What no telephone sends, sent to the phone: it stays up and serves the next caller."""

from __future__ import annotations

import random
import socket

import pytest

from tests.telephony.harness import ALICE_HZ, Bench, hears, listen, running_phone, tone
from voicebot.telephony.softphone import Softphone

pytestmark = pytest.mark.call

INVITE = """\
INVITE sip:1555@{host} SIP/2.0
Via: SIP/2.0/UDP {me};branch=z9hG4bK{number}
From: <sip:x@{me}>;tag=t{number}
To: <sip:1555@{host}>
Call-ID: torture{number}
CSeq: 1 INVITE
Contact: <sip:x@{me}>
Max-Forwards: 70
Content-Length: 0

"""

# After RFC 4475: what is wrong, as an old and a new piece of the message above.
TORTURE = [
    ("SIP/2.0\nVia", "SIP/7.0\nVia"),  # 3.1.2.16 unknown version
    ("SIP/2.0\nVia", "SIP/2.0   \nVia"),  # trailing space
    ("INVITE sip", "  INVITE sip"),  # 3.1.2.8 leading space
    ("sip:1555@{host} SIP", "<sip:1555@{host}> SIP"),  # 3.1.2.7 URI in brackets
    ("sip:1555@{host} SIP", "sip:1555@{host};lr sip:b SIP"),  # 3.1.2.9 space in the URI
    ("sip:1555@{host} SIP", "nobodyknows:1555 SIP"),  # 3.3.3 unknown scheme
    ("sip:1555@{host} SIP", "http://1555 SIP"),
    ("Content-Length: 0", "Content-Length: 9999"),  # 3.1.2.2
    ("Content-Length: 0", "Content-Length: -999"),  # 3.1.2.3
    ("Content-Length: 0", "Content-Length: 1000000000000"),
    ("CSeq: 1 INVITE", "CSeq: 99999999999999999999 INVITE"),  # 3.1.2.4 overlarge
    ("CSeq: 1 INVITE", "CSeq: 1 OPTIONS"),  # 3.1.2.17 method mismatch
    ("CSeq: 1 INVITE\n", ""),
    ("To: <sip:1555@{host}>\n", ""),  # 3.3.1 missing fields
    ("Call-ID: torture{number}\n", ""),
    ("From: <sip:x@{me}>;tag=t{number}", "From: <sip:x@{me}>"),
    ("From: <sip:x@{me}>", 'From: "Mr. Quote <sip:x@{me}>'),  # 3.1.2.6 unterminated quote
    ("From: <sip:x@{me}>", "From: " + "A" * 9000 + " <sip:x@{me}>"),
    ("Max-Forwards: 70", "Max-Forwards: 0"),
    ("Max-Forwards: 70", "Max-Forwards: 300"),
    ("Max-Forwards: 70", "Max-Forwards: 70\n" + "Via: SIP/2.0/UDP h;branch=z9hG4bKy\n" * 60),
    ("Max-Forwards: 70", "Max-Forwards: 70\nRequire: nothingSupportsThis"),  # 3.3.2
    ("Max-Forwards: 70", "Max-Forwards: 70\nSession-Expires: 1;refresher=x"),
    ("Max-Forwards: 70", "Max-Forwards: 70\nReplaces: nobody;to-tag=1;from-tag=2"),
    ("Max-Forwards: 70", "Max-Forwards: 70\nDate: Fri, 01 Jan 2010 16:00:00 EST"),
    ("branch=z9hG4bK{number}", "branch=z9hG4bK"),  # 3.2 empty branch
    ("UDP {me}", "UDP {me};received=%%%%%%n;rport=x"),
    ("Contact: <sip:x@{me}>", "Contact: *"),
    ("Contact: <sip:x@{me}>", "Contact: <sip:x@[:::1]:99999>;q=0.9.9"),
    ("INVITE", "BYE"),
    ("INVITE", "REFER"),
    ("INVITE", "NEWMETHOD"),
    ("INVITE", "REGISTER"),
    ("INVITE", "SUBSCRIBE"),
    ("INVITE", "MESSAGE"),
]


async def still_serves(bench: Bench, seconds: float = 0.6) -> None:
    async with await Softphone.open() as alice:
        assert (await alice.options(bench.uri)).status == 200
        placed = alice.invite(bench.uri, user="2101234567")
        while (call := await bench.next_call()).info.number != "2101234567":
            await call.hang_up()  # the bad messages may have made calls, too
        await call.answer()
        await placed.answered()
        placed.send(tone(ALICE_HZ, seconds))
        assert hears(await listen(call, seconds), ALICE_HZ)
        await placed.hang_up()


async def test_torture_messages_do_no_harm() -> None:
    async with running_phone(max_calls=200) as bench:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
            stranger.bind(("127.0.0.1", 0))
            me = f"127.0.0.1:{stranger.getsockname()[1]}"
            target = ("127.0.0.1", bench.phone.port)
            for number, (old, new) in enumerate(TORTURE):
                assert old in INVITE
                text = INVITE.replace(old, new) if old == "INVITE" else INVITE.replace(old, new, 1)
                text = text.replace("{host}", f"127.0.0.1:{target[1]}").replace("{me}", me)
                message = text.replace("{number}", str(number)).replace("\n", "\r\n")
                stranger.sendto(message.encode(), target)
        await still_serves(bench)


async def test_noise_does_no_harm() -> None:
    chance = random.Random(4475)
    whole = INVITE.replace("{host}", "127.0.0.1").replace("\n", "\r\n").encode()
    async with running_phone(max_calls=200) as bench:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
            target = ("127.0.0.1", bench.phone.port)
            for number in range(400):
                noise = bytearray(whole.replace(b"{number}", str(number).encode()))
                for _ in range(chance.randint(1, 30)):
                    noise[chance.randrange(len(noise))] = chance.randrange(256)
                stranger.sendto(bytes(noise[: chance.randint(1, len(noise))]), target)
                stranger.sendto(chance.randbytes(chance.randint(1, 1400)), target)
                if number % 20 == 0:
                    await still_waiting(bench)
        await still_serves(bench)


async def still_waiting(bench: Bench) -> None:
    """Let the phone work on what has come; hang up on calls that the noise made."""
    async with await Softphone.open() as alice:
        assert (await alice.options(bench.uri)).status == 200
    while not bench.calls.empty():
        await (await bench.next_call()).hang_up()


async def test_garbage_on_the_audio_port_does_no_harm() -> None:
    chance = random.Random(3550)
    async with running_phone() as bench, await Softphone.open() as alice:
        placed = alice.invite(bench.uri)
        call = await bench.answered_call()
        await placed.answered()
        remote = placed.media._remote
        assert remote is not None
        for _ in range(300):
            packet = bytes([0x80, chance.choice([0, 8, 101, 127])]) + chance.randbytes(
                chance.randint(0, 400)
            )
            placed.media._socket.sendto(packet, (remote.host, remote.port))
            placed.media._socket.sendto(chance.randbytes(30), (remote.host, remote.port + 1))
        await listen(call, 0.5)
        placed.send(tone(ALICE_HZ, 2.0))
        assert hears(await listen(call, 2.0), ALICE_HZ)
        assert call.is_up
