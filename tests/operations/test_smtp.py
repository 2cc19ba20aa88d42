"""E-mail against a real SMTP server (aiosmtpd) on a socket of this machine."""

from __future__ import annotations

import asyncio
import ssl
import subprocess
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from tests.operations.test_gateways import message
from voicebot.operations.gateways import GatewayRefused, GatewayUnavailable, SmtpEmail
from voicebot.operations.gateways.mime import message_id
from voicebot.records import MessageChannel


@dataclass
class Mailbox:
    """What the server took; `answer` is what it says to a letter."""

    envelopes: list[Envelope] = field(default_factory=list)
    secured: list[bool] = field(default_factory=list)
    answer: str = "250 OK"

    async def handle_RCPT(  # noqa: N802 - the server's name for it
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address.startswith("nobody"):
            return "550 no such mailbox"
        if address.startswith("later"):
            return "451 come again"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        self.envelopes.append(envelope)
        self.secured.append(session.ssl is not None)
        return self.answer


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key and a certificate for this machine, in one file."""
    file = tmp_path_factory.mktemp("tls") / "both.pem"
    subprocess.run(
        f"openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost "
        f"-addext subjectAltName=DNS:localhost,IP:127.0.0.1 "
        f"-keyout {file} -out {file.with_suffix('.crt')}".split(),
        check=True,
        capture_output=True,
    )
    file.write_text(file.read_text() + file.with_suffix(".crt").read_text())
    return file


def log_in(
    server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object
) -> AuthResult:
    given = getattr(data, "login", b""), getattr(data, "password", b"")
    # "handled" would mean that we have answered.
    return AuthResult(success=given == (b"line", b"secret"), handled=False)


@pytest.fixture
async def mailbox(certificate: Path) -> AsyncIterator[tuple[Mailbox, int]]:
    """A server that demands STARTTLS and a log-in, and the port on which it listens."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    box = Mailbox()
    server = await asyncio.get_running_loop().create_server(
        lambda: SMTP(
            box,
            hostname="mail.example.gr",
            tls_context=context,
            require_starttls=True,
            authenticator=log_in,
            auth_required=True,
        ),
        "127.0.0.1",
        0,
    )
    async with server:
        yield box, server.sockets[0].getsockname()[1]


def gateway(port: int, certificate: Path, password: str = "secret") -> SmtpEmail:
    return SmtpEmail(
        "127.0.0.1",
        port,
        "1555@example.gr",
        username="line",
        password=password,
        timeout_s=10,
        tls=ssl.create_default_context(cafile=certificate.with_suffix(".crt")),
    )


async def test_a_letter_arrives_secured(mailbox: tuple[Mailbox, int], certificate: Path) -> None:
    box, port = mailbox
    reference = await gateway(port, certificate).send(message(MessageChannel.EMAIL))
    assert box.secured == [True]
    (envelope,) = box.envelopes
    assert envelope.rcpt_tos == ["anna@example.gr"]
    assert envelope.mail_from == "1555@example.gr"
    assert isinstance(envelope.content, bytes)
    letter = message_from_bytes(envelope.content, policy=default)
    assert letter["Message-ID"] == reference
    assert letter["Subject"] == "Το ραντεβού σας"
    assert letter["Auto-Submitted"] == "auto-generated"


async def test_a_repetition_is_the_same_letter(
    mailbox: tuple[Mailbox, int], certificate: Path
) -> None:
    box, port = mailbox
    sending = gateway(port, certificate)
    first = await sending.send(message(MessageChannel.EMAIL))
    assert await sending.send(message(MessageChannel.EMAIL, attempts=2)) == first
    assert await sending.send(message(MessageChannel.EMAIL, key="another")) != first
    once, again, other = (envelope.content for envelope in box.envelopes)
    assert once == again
    assert once != other


@pytest.mark.parametrize(
    ("recipient", "error"),
    [("nobody@example.gr", GatewayRefused), ("later@example.gr", GatewayUnavailable)],
)
async def test_a_recipient_that_is_not_taken(
    mailbox: tuple[Mailbox, int], certificate: Path, recipient: str, error: type[Exception]
) -> None:
    box, port = mailbox
    with pytest.raises(error):
        await gateway(port, certificate).send(message(MessageChannel.EMAIL, recipient=recipient))
    assert box.envelopes == []


@pytest.mark.parametrize(
    ("answer", "error"),
    [("554 no", GatewayRefused), ("452 disk full", GatewayUnavailable)],
)
async def test_a_letter_that_is_not_taken(
    mailbox: tuple[Mailbox, int], certificate: Path, answer: str, error: type[Exception]
) -> None:
    box, port = mailbox
    box.answer = answer
    with pytest.raises(error, match=answer[:3]):
        await gateway(port, certificate).send(message(MessageChannel.EMAIL))


async def test_a_wrong_password_is_for_later(
    mailbox: tuple[Mailbox, int], certificate: Path
) -> None:
    _, port = mailbox
    with pytest.raises(GatewayUnavailable, match="log-in") as caught:
        await gateway(port, certificate, "wrong").send(message(MessageChannel.EMAIL))
    assert not caught.value.handed_over


async def test_a_stranger_s_certificate_is_not_trusted(mailbox: tuple[Mailbox, int]) -> None:
    box, port = mailbox
    with pytest.raises(GatewayUnavailable):
        await SmtpEmail("127.0.0.1", port, "1555@example.gr", timeout_s=10).send(
            message(MessageChannel.EMAIL)
        )
    assert box.envelopes == []


async def test_no_server(unused_tcp_port: int, certificate: Path) -> None:
    with pytest.raises(GatewayUnavailable) as caught:
        await gateway(unused_tcp_port, certificate).send(message(MessageChannel.EMAIL))
    assert not caught.value.handed_over


def test_the_message_id_is_one_word_of_the_sender_s_domain() -> None:
    assert message_id("ά κ", "1555@example.gr") == message_id("ά κ", "1555@example.gr")
    assert message_id("ά κ", "1555@example.gr").endswith("@example.gr>")
    assert " " not in message_id("ά κ", "1555@example.gr")
