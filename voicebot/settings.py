"""One typed tree of settings: `voicebot.toml`, then `VOICEBOT_*` environment variables.

Nested names join with two underscores: `VOICEBOT_TELEPHONY__SIP_PORT=5080`.
"""

from __future__ import annotations

import tomllib
from datetime import date, time
from ipaddress import IPv4Address
from pathlib import Path
from typing import Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

ROOT = Path(__file__).resolve().parent.parent


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Telephony(_Section):
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


Engine = Literal["greek", "whisper", "remote"]


class Remote(_Section):
    """A transcription service with OpenAI's interface, for the engine "remote"."""

    url: str | None = Field(
        default=None,
        pattern=r"^https?://",
        description="up to the version: http://127.0.0.1:8000/v1",
    )
    key: SecretStr | None = Field(default=None, description="sent as a bearer token")
    model: str = Field(default="whisper-1", min_length=1, description="as the service names it")
    timeout_s: float = Field(default=3.0, gt=0, le=60, description="of one try")
    retries: int = Field(default=1, ge=0, le=5, description="after a failed connection or a 5xx")


class Hearing(_Section):
    """Voice activity, endpointing and recognition."""

    engine: Engine = "greek"
    model: Path = Field(default=ROOT / "models" / "greek" / "v2")
    second: Engine | None = Field(
        default=None, description="engine to ask when the first one fails or is overloaded"
    )
    second_model: Path | None = Field(default=None, description="its folder, unless it is remote")
    second_workers: int = Field(
        default=2, ge=1, le=64, description="utterances at the second engine at the same time"
    )
    remote: Remote = Remote()
    workers: int = Field(default=1, ge=1, le=64)
    threads_per_worker: int = Field(default=1, ge=1, le=16)
    queue_limit: int = Field(default=32, ge=1)
    deadline_s: float = Field(default=4.0, gt=0)
    vad_threshold: float = Field(default=0.5, gt=0, lt=1)
    end_silence_ms: int = Field(
        default=450, ge=100, description="silence that ends a turn in free speech"
    )
    end_silence_short_ms: int = Field(default=300, ge=100, description="after a yes/no question")
    end_silence_choice_ms: int = Field(
        default=450, ge=100, description="after a choice, a place or a name was asked"
    )
    end_silence_date_ms: int = Field(
        default=600, ge=100, description="after a day or an hour was asked"
    )
    end_silence_digits_ms: int = Field(
        default=1200, ge=100, description="while a number is dictated"
    )
    end_silence_complete_ms: int = Field(
        default=320, ge=100, description="when what was asked for has been said whole"
    )
    end_silence_unfinished_ms: int = Field(
        default=1300, ge=100, description="after a sentence that plainly goes on"
    )
    end_silence_unfinished_digits_ms: int = Field(
        default=2300, ge=100, description="after a part of a number"
    )
    slow_speaker_stretch: float = Field(
        default=2.0,
        ge=1.0,
        le=4.0,
        description="how much longer is waited, at most, for a caller who was cut off",
    )
    partial_every_ms: int = Field(
        default=800,
        ge=0,
        description="how often an unfinished utterance is read for those who watch; 0 never",
    )
    min_confidence: float = Field(
        default=0.25, ge=0, le=1, description="below it free speech counts as not heard"
    )
    min_confidence_answer: float = Field(
        default=0.3, ge=0, le=1, description="the same for an answer of the kind asked for"
    )
    min_confidence_aside: float = Field(
        default=0.4, ge=0, le=1, description="the same for something else than what was asked for"
    )
    max_utterance_s: float = Field(default=12.0, gt=1)


class Understanding(_Section):
    """Knowledge and classifier."""

    intents: Path = ROOT / "intents"
    model: Path = ROOT / "var" / "classifier"


class Hours(_Section):
    """When something is open or allowed, in local time. The default is always."""

    opens: time = time(0)
    closes: time = time(23, 59, 59)
    weekends: bool = True
    holidays: bool = Field(default=True, description="on public holidays too")
    closed_days: tuple[date, ...] = ()
    quiet: tuple[tuple[time, time], ...] = Field(default=(), description="from, until, of a day")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        for begin, end in ((self.opens, self.closes), *self.quiet):
            if begin >= end:
                raise ValueError(f"{begin:%H:%M} must be before {end:%H:%M}")
        return self


class Dialogue(_Section):
    """How the conversation behaves."""

    line_name: str = "1555"
    silence_s: float = Field(default=6.0, gt=0, description="before the question is asked again")
    patience_s: float = Field(
        default=20.0, gt=0, description="silence allowed while the caller looks for a number"
    )
    recording_notice: bool = False
    timezone: str = "Europe/Athens"
    operators: Hours = Field(default=Hours(), description="when people are at the desk")
    callback_hours: Hours = Field(
        default=Hours(opens=time(8), closes=time(20), weekends=False, holidays=False),
        description="when citizens are rung back",
    )


class Speaking(_Section):
    """The voice."""

    engine: Literal["auto", "piper", "mbrola", "espeak"] = "auto"
    piper_voice: Path | None = Field(
        default=None, description=".onnx file; default: the pulled el_GR voice when on disk"
    )
    espeak_variant: str = "el+Annie"
    rate: float = Field(default=1.0, ge=0.5, le=2.0)
    cache: Path = ROOT / "var" / "prompts"


class Records(_Section):
    """The database."""

    url: str = f"sqlite+aiosqlite:///{ROOT / 'var' / 'records.db'}"
    instance: str | None = Field(
        default=None,
        description="name of this process among those that share the records; default: the host",
    )


class Appointments(_Section):
    """Who keeps the appointments."""

    book: str = Field(
        default="embedded",
        pattern=r"^(embedded|https?://\S+)$",
        description="our own tables, or where an outside system's contract begins (https://…/v1)",
    )
    token: SecretStr | None = Field(default=None, description="bearer token for that system")
    timeout_s: float = Field(default=2.0, gt=0, le=30, description="for one try; three are made")
    messages: bool = Field(
        default=True, description="whether confirmations and reminders are ours to send"
    )


class Desk(_Section):
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


class Scheduler(_Section):
    """Due work: reminders, messages, deadlines, retention."""

    enabled: bool = Field(
        default=True, description="run it inside `voicebot serve`; else run `voicebot scheduler`"
    )
    poll_s: float = Field(default=1.0, gt=0, le=60)
    lease_s: float = Field(
        default=60.0, ge=3, description="after a crash, work waits so long for another process"
    )
    concurrency: int = Field(default=8, ge=1, le=100)


class Messages(_Section):
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


class Retention(_Section):
    """How many days what is kept after it has ended. The defaults are ours, no law's: have the
    data protection officer confirm them."""

    turns_days: int = Field(default=90, ge=1, description="what was said, masked")
    captured_days: int = Field(default=90, ge=1, description="values captured for a person")
    calls_days: int = Field(default=730, ge=1, description="calls with their outcome and notices")
    messages_days: int = Field(default=90, ge=1, description="words and recipients of messages")
    appointments_days: int = Field(default=180, ge=1, description="who an appointment was for")
    callbacks_days: int = Field(default=90, ge=1, description="telephones of ended callbacks")
    cases_days: int = Field(default=1825, ge=1, description="who a closed case was for")
    campaigns_days: int = Field(default=90, ge=1, description="people of a campaign, once rung")
    work_days: int = Field(default=30, ge=1, description="due work that has ended")


class Dialler(_Section):
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
        default=48, ge=0, description="so long after its window a callback is still tried"
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


class Settings(BaseSettings):
    """Everything that can be set."""

    model_config = SettingsConfigDict(
        env_prefix="VOICEBOT_", env_nested_delimiter="__", extra="forbid", frozen=True
    )

    telephony: Telephony = Telephony()
    hearing: Hearing = Hearing()
    understanding: Understanding = Understanding()
    dialogue: Dialogue = Dialogue()
    speaking: Speaking = Speaking()
    records: Records = Records()
    appointments: Appointments = Appointments()
    desk: Desk = Desk()
    dialler: Dialler = Dialler()
    scheduler: Scheduler = Scheduler()
    messages: Messages = Messages()
    retention: Retention = Retention()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Explicit arguments, then the environment, then `voicebot.toml`."""
        return (
            init_settings,
            env_settings,
            TomlConfigSettingsSource(settings_cls, ROOT / "voicebot.toml"),
        )


class SettingsError(Exception):
    """A setting cannot be used; the text names it and the mend."""


def load_settings() -> Settings:
    """Read the settings.

    Raises:
        SettingsError: a file or variable has a wrong name or value.
    """
    try:
        return Settings()
    except ValidationError as error:
        lines = [
            f"{'.'.join(str(part) for part in problem['loc'])}: {problem['msg']}"
            f" (got {problem.get('input')!r})"
            for problem in error.errors()
        ]
        raise SettingsError(
            "settings (voicebot.toml or VOICEBOT_* variables):\n  " + "\n  ".join(lines)
        ) from error
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"voicebot.toml: {error}") from error
