"""The ways in which messages leave the house, behind one interface."""

from __future__ import annotations

from voicebot.operations.gateways.base import (
    GatewayError,
    GatewayRefused,
    GatewayUnavailable,
    MessageGateway,
)
from voicebot.operations.gateways.file_outbox import FileOutbox
from voicebot.operations.gateways.http_sms import HttpSms
from voicebot.operations.gateways.opening import open_gateways
from voicebot.operations.gateways.smtp_email import SmtpEmail

__all__ = [
    "FileOutbox",
    "GatewayError",
    "GatewayRefused",
    "GatewayUnavailable",
    "HttpSms",
    "MessageGateway",
    "SmtpEmail",
    "open_gateways",
]
