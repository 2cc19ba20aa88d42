"""Settings of the conversation: knowledge, behaviour, hours and voice."""

from __future__ import annotations

from datetime import date, time
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, model_validator

from voicebot.settings.section import ROOT, Section


class Understanding(Section):
    """Knowledge and classifier."""

    intents: Path = ROOT / "intents"
    model: Path = ROOT / "var" / "classifier"


class Hours(Section):
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


class Dialogue(Section):
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


class Speaking(Section):
    """The voice."""

    engine: Literal["auto", "piper", "mbrola", "espeak"] = "auto"
    piper_voice: Path | None = Field(
        default=None, description=".onnx file; default: the pulled el_GR voice when on disk"
    )
    espeak_variant: str = "el+Annie"
    rate: float = Field(default=1.0, ge=0.5, le=2.0)
    cache: Path = ROOT / "var" / "prompts"
