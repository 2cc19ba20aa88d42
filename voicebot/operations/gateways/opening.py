"""The gateways that the settings ask for."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from pydantic import SecretStr

from voicebot.operations.gateways.base import MessageGateway
from voicebot.operations.gateways.file_outbox import FileOutbox
from voicebot.operations.gateways.http_sms import HttpSms
from voicebot.operations.gateways.smtp_email import SmtpEmail
from voicebot.records import MessageChannel
from voicebot.settings import Messages


@asynccontextmanager
async def open_gateways(settings: Messages) -> AsyncIterator[dict[MessageChannel, MessageGateway]]:
    """One gateway for each channel that is not off, closed at the end. Nothing is connected to
    before there is something to send."""
    gateways: dict[MessageChannel, MessageGateway] = {}
    outbox = FileOutbox(settings.outbox, settings.email_sender)
    match settings.sms:
        case "file":
            gateways[MessageChannel.SMS] = outbox
        case "http":
            gateways[MessageChannel.SMS] = HttpSms(
                settings.sms_url or "",
                token=_plain(settings.sms_token),
                sender=settings.sms_sender,
                in_capitals=settings.sms_capitals,
            )
        case "off":
            pass
    match settings.email:
        case "file":
            gateways[MessageChannel.EMAIL] = outbox
        case "smtp":
            gateways[MessageChannel.EMAIL] = SmtpEmail(
                settings.smtp_host,
                settings.smtp_port,
                settings.email_sender,
                security=settings.smtp_security,
                username=settings.smtp_username,
                password=_plain(settings.smtp_password),
            )
        case "off":
            pass
    try:
        yield gateways
    finally:
        for gateway in gateways.values():
            await gateway.close()


def _plain(secret: SecretStr | None) -> str | None:
    return None if secret is None else secret.get_secret_value()
