"""Settings of the people and the work behind the line: desk, due work, messages."""

from __future__ import annotations

from ipaddress import IPv4Address
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, SecretStr, model_validator

from voicebot.settings.section import ROOT, Section


class Desk(Section):
    """The agents' web page and their phones."""

    bind: IPv4Address = IPv4Address("127.0.0.1")
    port: int = Field(default=8155, ge=0, le=65535)
    token: SecretStr | None = Field(
        default=None, description="what agents log in with; made and kept in var/ when unset"
    )
    agents: tuple[str, ...] = Field(
        default=("sip:agent@127.0.0.1:5070",), description="phones rung in this order"
    )
    ring_s: float = Field(default=20.0, gt=0)
    shared_login: bool = Field(
        default=True, description="the token alone lets in; off: only persons, by name"
    )


class Scheduler(Section):
    """Due work: reminders, messages, deadlines, retention."""

    enabled: bool = Field(
        default=True, description="run it inside `voicebot serve`; else run `voicebot scheduler`"
    )
    poll_s: float = Field(default=1.0, gt=0, le=60)
    lease_s: float = Field(
        default=60.0, ge=3, description="after a crash, work waits so long for another process"
    )
    concurrency: int = Field(default=8, ge=1, le=100)


class Messages(Section):
    """How SMS and e-mails leave the house; "file" writes them to the outbox folder."""

    sms: Literal["off", "file", "http"] = "file"
    email: Literal["off", "file", "smtp"] = "file"
    outbox: Path = ROOT / "var" / "outbox"
    sms_url: str | None = None
    sms_token: SecretStr | None = None
    sms_sender: str = "1555"
    sms_capitals: bool = Field(
        default=False, description="Greek in capitals: less than half of the segments"
    )
    sms_replies: bool = Field(
        default=False, description="answers reach us, so that one can cancel by answering"
    )
    reply_token: SecretStr | None = Field(
        default=None, description="what the SMS service gives when it brings an answer"
    )
    smtp_host: str = "127.0.0.1"
    smtp_port: int = Field(default=25, ge=1, le=65535)
    smtp_security: Literal["starttls", "tls", "none"] = "starttls"
    smtp_username: str | None = None
    smtp_password: SecretStr | None = None
    email_sender: str = "1555@localhost"

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.sms == "http" and not self.sms_url:
            raise ValueError('sms = "http" needs sms_url, the address that messages are posted to')
        if self.sms_replies and self.reply_token is None:
            raise ValueError("sms_replies needs reply_token, which the SMS service shows")
        return self
