"""Settings of hearing: engines, ends of turns, doubt."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr

from voicebot.settings.section import ROOT, Section

Engine = Literal["greek", "whisper", "remote"]


class Remote(Section):
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


class Hearing(Section):
    """Voice activity, endpointing and recognition."""

    engine: Engine = "greek"
    model: Path = Field(default=ROOT / "models" / "greek" / "v4")
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
        default=0.35, ge=0, le=1, description="below it free speech counts as not heard"
    )
    min_confidence_short: float = Field(
        default=0.5, ge=0, le=1, description="the same for free speech of few letters"
    )
    min_confidence_answer: float = Field(
        default=0.4, ge=0, le=1, description="the same for an answer of the kind asked for"
    )
    min_confidence_aside: float = Field(
        default=0.5, ge=0, le=1, description="the same for something else than what was asked for"
    )
    min_confidence_danger: float = Field(
        default=0.12,
        ge=0,
        le=1,
        description="below it not even words of danger are asked about",
    )
    max_utterance_s: float = Field(default=12.0, gt=1)
