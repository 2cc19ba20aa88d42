"""Settings of what is kept: database, appointments, retention."""

from __future__ import annotations

from pydantic import Field, SecretStr

from voicebot.settings.section import ROOT, Section


class Records(Section):
    """The database."""

    url: str = f"sqlite:///{ROOT / 'var' / 'records.db'}"
    instance: str | None = Field(
        default=None,
        description="name of this process among those that share the records; default: the host",
    )


class Appointments(Section):
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


class Retention(Section):
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
    attempts_days: int = Field(
        default=365, ge=1, description="attempts at ringing somebody: moments and results"
    )
    opt_outs_days: int = Field(
        default=3650, ge=1, description="numbers not to be rung; afterwards they may be again"
    )
    work_days: int = Field(default=30, ge=1, description="due work that has ended")
