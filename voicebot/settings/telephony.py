"""Settings of the calls: SIP, RTP, and ringing citizens."""

from __future__ import annotations

from ipaddress import IPv4Address
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, field_validator

from voicebot.settings.section import ROOT, Section


class Telephony(Section):
    """SIP and RTP."""

    bind: IPv4Address = IPv4Address("127.0.0.1")
    sip_port: int = Field(default=5060, ge=0, le=65535)
    public_address: str | None = Field(
        default=None, description="address in SDP when behind NAT; default: the bind address"
    )
    rtp_port_min: int = Field(default=16000, ge=1024, le=65000)
    rtp_port_count: int = Field(default=4000, ge=100, le=40000)
    transport: Literal["udp", "tcp", "tls"] = "udp"
    tls_certificate: Path | None = None
    tls_key: Path | None = None
    srtp: Literal["off", "optional", "mandatory"] = "off"
    codecs: tuple[str, ...] = ("PCMA", "PCMU", "G722", "opus")
    registrar: str | None = Field(default=None, description="sip:host[:port] of the trunk")
    username: str | None = None
    password: SecretStr | None = None
    max_calls: int = Field(default=50, ge=1, le=500)
    overflow_calls: int = Field(
        default=10,
        ge=0,
        le=200,
        description="calls beyond max_calls that are offered a callback instead of a busy tone",
    )
    new_calls_per_s: float = Field(
        default=25.0, gt=0, le=1000, description="new calls a second in the long run"
    )
    new_calls_burst: int = Field(
        default=60, ge=1, le=5000, description="new calls that may come at the same moment"
    )
    session_timer_s: int = Field(default=1800, ge=90)
    media_timeout_s: float = Field(default=20.0, gt=0, description="no RTP for so long: hang up")
    max_call_s: float = Field(default=3600.0, gt=0)
    allowed_peers: tuple[str, ...] = Field(
        default=("127.0.0.0/8",), description="networks whose calls are taken; others get no reply"
    )
    transfer_targets: tuple[str, ...] = Field(
        default=(), description="sip: URIs that calls may be transferred to, besides the agents"
    )


class Dialler(Section):
    """Outgoing calls: callbacks and campaigns."""

    enabled: bool = Field(default=True, description="ring in this `voicebot serve`")
    target: str | None = Field(
        default=None,
        description="where citizens are rung: sip:{number}@trunk or sip:{national}@trunk; nobody"
        " is rung without it",
    )
    first: Literal["agent", "citizen"] = Field(
        default="agent", description="who is rung first for a callback"
    )
    concurrency: int = Field(default=2, ge=1, le=50, description="callbacks rung at once")
    ring_s: float = Field(default=30.0, gt=0, le=120, description="how long a citizen is rung")
    max_attempts: int = Field(default=4, ge=1, le=20)
    pauses_minutes: tuple[float, ...] = Field(
        default=(15, 60, 180), min_length=1, description="after the first, second, ... attempt"
    )
    agent_pause_minutes: float = Field(
        default=2, gt=0, description="after nobody at the desk was free"
    )
    patience_hours: float = Field(
        default=0,
        ge=0,
        description="so long after its window a callback is still tried; 0: in its window or never",
    )
    detect_machines: bool = True
    leave_message: bool = Field(default=True, description="a few words on a citizen's machine")
    message_when_given_up: bool = Field(default=True, description="an SMS to mobiles")
    prefixes: tuple[str, ...] = Field(
        default=("+302", "+3069"), description="nothing else is ever rung"
    )
    case_agency: str = Field(
        default="EFKA", description="whose case a given-up callback of no agency becomes"
    )
    poll_s: float = Field(default=1.0, gt=0, le=60)
    lease_s: float = Field(default=60.0, ge=3)
    messages: Path = Field(
        default=ROOT / "intents" / "campaigns", description="folder of the campaigns' texts"
    )

    @field_validator("target")
    @classmethod
    def _has_a_place(cls, value: str | None) -> str | None:
        if value is not None and "{number}" not in value and "{national}" not in value:
            raise ValueError("write sip:{number}@host, or sip:{national}@host for ten digits")
        return value
