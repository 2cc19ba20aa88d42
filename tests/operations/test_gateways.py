from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import httpx
import pytest

from voicebot.operations.gateways import (
    FileOutbox,
    GatewayRefused,
    GatewayUnavailable,
    HttpSms,
    open_gateways,
)
from voicebot.operations.gateways.sms_text import capitals, comparable, measure
from voicebot.records import Attachment, Message, MessageChannel, MessageState
from voicebot.settings import Messages

QUEUED = datetime(2026, 11, 24, 8, 5, tzinfo=UTC)


def message(channel: MessageChannel = MessageChannel.SMS, **changed: object) -> Message:
    values: dict[str, object] = {
        "message_id": 1,
        "key": "appointment-12345674/booked",
        "channel": channel,
        "recipient": "+306945123456" if channel is MessageChannel.SMS else "anna@example.gr",
        "title": "Το ραντεβού σας" if channel is MessageChannel.EMAIL else None,
        "text": "Τρίτη 1/12 στις 10:30",
        "attachments": (),
        "purpose": "reminder",
        "about": "12345674",
        "state": MessageState.SENDING,
        "attempts": 1,
        "queued_at": QUEUED,
        "expires_at": None,
        "sent_at": None,
        "reference": None,
        "last_error": None,
        **changed,
    }
    return Message(**values)  # type: ignore[arg-type]


def listing(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


def test_the_recipient_and_the_words_stay_out_of_logs() -> None:
    shown = repr(message())
    assert "6945123456" not in shown
    assert "Τρίτη" not in shown


class TestOutbox:
    async def test_an_sms_is_a_file_named_by_its_key(self, tmp_path: Path) -> None:
        name = await FileOutbox(tmp_path / "out", "1555@example.gr").send(message())
        assert name == "appointment-12345674%2Fbooked.json"
        assert json.loads((tmp_path / "out" / name).read_text()) == {
            "to": "+306945123456",
            "text": "Τρίτη 1/12 στις 10:30",
            "key": "appointment-12345674/booked",
            "encoding": "ucs2",
            "segments": 1,
        }

    async def test_an_email_is_a_letter_with_its_attachment(self, tmp_path: Path) -> None:
        entry = Attachment(
            "r.ics", "text/calendar; method=PUBLISH", "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"
        )
        sent = message(MessageChannel.EMAIL, attachments=(entry,))
        name = await FileOutbox(tmp_path, "1555@example.gr").send(sent)
        letter = message_from_bytes((tmp_path / name).read_bytes(), policy=default)
        assert letter["To"] == "anna@example.gr"
        assert letter["Subject"] == "Το ραντεβού σας"
        assert letter.get_body().get_content().strip() == "Τρίτη 1/12 στις 10:30"
        (part,) = letter.iter_attachments()
        assert part.get_content_type() == "text/calendar"
        assert part["Content-Type"].params["method"] == "PUBLISH"
        assert "BEGIN:VCALENDAR" in part.get_content()

    async def test_the_same_message_is_there_once(self, tmp_path: Path) -> None:
        outbox = FileOutbox(tmp_path, "1555@example.gr")
        names = await asyncio.gather(*(outbox.send(message()) for _ in range(20)))
        assert len(set(names)) == 1
        assert listing(tmp_path) == names[:1]

    async def test_strangers_cannot_read_it(self, tmp_path: Path) -> None:
        name = await FileOutbox(tmp_path / "out", "1555@example.gr").send(message())
        assert (tmp_path / "out").stat().st_mode & 0o077 == 0
        assert (tmp_path / "out" / name).stat().st_mode & 0o077 == 0

    async def test_a_folder_that_cannot_be_made_is_named(self, tmp_path: Path) -> None:
        (tmp_path / "out").write_text("a file")
        with pytest.raises(GatewayUnavailable, match="outbox"):
            await FileOutbox(tmp_path / "out", "1555@example.gr").send(message())

    async def test_a_long_key_still_fits(self, tmp_path: Path) -> None:
        name = await FileOutbox(tmp_path, "1555@example.gr").send(message(key="ραντεβού" * 16))
        assert len(name) < 255


def service(answer: Callable[[httpx.Request], httpx.Response], **more: bool) -> HttpSms:
    return HttpSms(
        "https://sms.example.gr/send",
        token="secret",
        transport=httpx.MockTransport(answer),
        in_capitals=more.get("in_capitals", False),
    )


class TestHttp:
    async def test_the_contract(self) -> None:
        seen: list[httpx.Request] = []

        def answer(request: httpx.Request) -> httpx.Response:
            seen.append(request)
            return httpx.Response(202, json={"id": 77})

        gateway = service(answer)
        assert await gateway.send(message()) == "77"
        await gateway.close()
        (request,) = seen
        assert request.headers["Authorization"] == "Bearer secret"
        assert request.headers["Idempotency-Key"] == "appointment-12345674/booked"
        assert json.loads(request.content) == {
            "to": "+306945123456",
            "from": "1555",
            "text": "Τρίτη 1/12 στις 10:30",
            "key": "appointment-12345674/booked",
            "encoding": "ucs2",
            "segments": 1,
        }

    async def test_taken_before_is_sent(self) -> None:
        assert await service(lambda _: httpx.Response(409)).send(message()) is None

    @pytest.mark.parametrize("status", [400, 401, 404, 422])
    async def test_a_refusal_is_final(self, status: int) -> None:
        with pytest.raises(GatewayRefused, match=str(status)):
            await service(lambda _: httpx.Response(status)).send(message())

    @pytest.mark.parametrize(
        ("status", "handed_over"), [(429, False), (503, False), (500, True), (502, True)]
    )
    async def test_trouble_is_for_later(self, status: int, handed_over: bool) -> None:
        with pytest.raises(GatewayUnavailable) as caught:
            await service(lambda _: httpx.Response(status, headers={"Retry-After": "90"})).send(
                message()
            )
        assert caught.value.handed_over is handed_over
        assert caught.value.after == timedelta(seconds=90)

    @pytest.mark.parametrize(
        ("error", "handed_over"),
        [(httpx.ConnectError, False), (httpx.ReadTimeout, True), (httpx.ReadError, True)],
    )
    async def test_a_broken_connection(
        self, error: type[httpx.TransportError], handed_over: bool
    ) -> None:
        def answer(request: httpx.Request) -> httpx.Response:
            raise error("broken", request=request)

        with pytest.raises(GatewayUnavailable) as caught:
            await service(answer).send(message())
        assert caught.value.handed_over is handed_over
        assert "6945123456" not in str(caught.value)

    async def test_capitals_are_sent_when_asked_for(self) -> None:
        def answer(request: httpx.Request) -> httpx.Response:
            body = json.loads(request.content)
            assert body["encoding"] == "gsm7"
            assert comparable(body["text"]) == "ΤΡΙΤΗ 1/12 ΣΤΙΣ 10:30"
            return httpx.Response(200)

        await service(answer, in_capitals=True).send(message())


class TestLength:
    @pytest.mark.parametrize(
        ("text", "encoding", "segments"),
        [
            ("a" * 160, "gsm7", 1),
            ("a" * 161, "gsm7", 2),
            ("a" * 153 * 2 + "a", "gsm7", 3),
            ("€" * 80, "gsm7", 1),
            ("€" * 81, "gsm7", 2),
            ("ά" * 70, "ucs2", 1),
            ("ά" * 71, "ucs2", 2),
            ("ά" * 67 * 2 + "ά", "ucs2", 3),
            ("😀" * 35, "ucs2", 1),
            ("😀" * 36, "ucs2", 2),
        ],
    )
    def test_segments(self, text: str, encoding: str, segments: int) -> None:
        assert (measure(text).encoding, measure(text).segments) == (encoding, segments)

    def test_greek_in_capitals_fits_into_seven_bits(self) -> None:
        alphabet = "αβγδεζηθικλμνξοπρσςτυφχψωάέήίόύώϊϋΐΰ"
        assert measure(capitals(alphabet)).encoding == "gsm7"
        assert comparable(capitals("Ακυρώθηκε")) == "ΑΚΥΡΩΘΗΚΕ"


async def test_the_settings_choose(tmp_path: Path) -> None:
    async with open_gateways(Messages(outbox=tmp_path)) as gateways:
        assert set(gateways) == {MessageChannel.SMS, MessageChannel.EMAIL}
        assert all(isinstance(gateway, FileOutbox) for gateway in gateways.values())
    async with open_gateways(
        Messages(sms="http", sms_url="https://sms.example.gr", email="off")
    ) as gateways:
        assert set(gateways) == {MessageChannel.SMS}
        assert isinstance(gateways[MessageChannel.SMS], HttpSms)


@pytest.mark.parametrize(
    ("values", "named"), [({"sms": "http"}, "sms_url"), ({"sms_replies": True}, "reply_token")]
)
def test_half_a_setting_is_refused(values: dict[str, object], named: str) -> None:
    with pytest.raises(ValueError, match=named):
        Messages(**values)  # type: ignore[arg-type]
