"""Scripts of whole calls: what a caller says to which question, and what must come of it.

A YAML file holds a reference moment and many calls; a turn belongs to a slot or is said in its
place in the order. The format is described in docs/dialogue-scripts.md.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from voicebot.records.types import Agency, CaseStatus, VisitChannel

Text = str | list[str]


class ScriptError(Exception):
    """A file of scripts cannot be used; the text names file, call and field."""


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ScriptTurn(_Model):
    """One turn of the caller: words, silence, keys, or putting the phone down.

    Attributes:
        slot: the question that it answers; without one it is said in its place.
        value: what must be captured from it.
        invalid: it must be refused.
    """

    say: str | None = None
    silence: float | None = None
    dtmf: str | None = None
    hang_up: bool = False
    slot: str | None = None
    value: str | None = None
    invalid: bool = False

    @field_validator("dtmf", "value", mode="before")
    @classmethod
    def _as_text(cls, value: object) -> object:
        return str(value) if isinstance(value, int) else value

    @model_validator(mode="after")
    def _is_one_thing(self) -> ScriptTurn:
        given = [self.say is not None, self.silence is not None, self.dtmf is not None]
        if sum(given) + self.hang_up != 1:
            raise ValueError("a turn is one of say, silence, dtmf, hang_up")
        return self


class SeedAppointment(_Model):
    """An appointment that exists before the call; `ref` stands for its number in the script."""

    ref: str = "appointment"
    agency: Agency
    category: str
    channel: VisitChannel = VisitChannel.IN_PERSON
    city: str | None = None
    day: date = Field(alias="date")
    at: time = Field(alias="time")
    name: str
    afm: str
    mobile: str

    @field_validator("at", mode="before")
    @classmethod
    def _sexagesimal(cls, value: object) -> object:
        # YAML reads a bare 10:30 as 630.
        return f"{value // 60:02d}:{value % 60:02d}" if isinstance(value, int) else value


class SeedClosure(_Model):
    """Branches of an agency that give nothing: those of a city, or with a channel, or all."""

    agency: Agency
    city: str | None = None
    channel: VisitChannel | None = None


class SeedCase(_Model):
    """A case that exists before the call; `ref` stands for its number in the script."""

    ref: str = "case"
    agency: Agency
    topic: str | None = None
    summary: str = ""
    phone: str | None = None
    afm: str | None = None
    status: CaseStatus = CaseStatus.OPEN


class SeedCallback(_Model):
    """A callback that was promised before the call, for the day after it from eight to twelve."""

    phone: str
    topic: str | None = None


class Seed(_Model):
    """What there is before the call.

    Attributes:
        caller: the number that calls.
        agents: what becomes of each attempt to reach a person, in order; then nobody answers.
        closed: branches without a free time.
        database: "down" to let every use of the records fail.
        operators: "away" when the call comes after their hours; they come again at eight.
        line: "full" when there is no line left, and the caller is offered a callback.
        book: "down" to let the appointment book alone fail, as an outside one may.
    """

    appointments: list[SeedAppointment] = []
    cases: list[SeedCase] = []
    closed: list[SeedClosure] = []
    caller: str | None = None
    agents: list[Literal["connected", "busy", "no_answer", "failed"]] = []
    database: Literal["up", "down"] = "up"
    callbacks: list[SeedCallback] = []
    operators: Literal["there", "away"] = "there"
    line: Literal["free", "full"] = "free"
    book: Literal["up", "down"] = "up"

    @field_validator("agents", mode="before")
    @classmethod
    def _agents_free(cls, value: object) -> object:
        if value == "free":
            return ["connected"]
        return value


class ScriptCall(_Model):
    """One call."""

    id: str
    title: str = ""
    seed: Seed = Seed()
    turns: list[ScriptTurn]
    pool: Mapping[str, Text] = {}
    expect: Mapping[str, Any] = {}

    @field_validator("pool", mode="before")
    @classmethod
    def _as_texts(cls, value: object) -> object:
        if isinstance(value, Mapping):
            return {k: str(v) if isinstance(v, int) else v for k, v in value.items()}
        return value


class ScriptFile(_Model):
    """A file of calls, all at one moment."""

    version: Literal[1]
    today: date
    now: time = time(10, 0)
    timezone: str = "Europe/Athens"
    calls: list[ScriptCall]

    @field_validator("now", mode="before")
    @classmethod
    def _sexagesimal(cls, value: object) -> object:
        return f"{value // 60:02d}:{value % 60:02d}" if isinstance(value, int) else value

    @property
    def moment(self) -> datetime:
        """The moment at which all calls are made."""
        return datetime.combine(self.today, self.now, ZoneInfo(self.timezone))


def load_scripts(path: Path) -> ScriptFile:
    """Read a file of scripts.

    Raises:
        ScriptError: it cannot be read or breaks the format.
    """
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ScriptError(f"{path}: {error.strerror or error}") from error
    except yaml.YAMLError as error:
        raise ScriptError(f"{path}: not YAML: {error}") from error
    try:
        return ScriptFile.model_validate(document)
    except ValidationError as error:
        lines = [f"{_where(document, p['loc'])}: {p['msg']}" for p in error.errors()]
        raise ScriptError("\n".join(f"{path}: {line}" for line in lines)) from error


def chosen(scripts: ScriptFile, ids: Sequence[str]) -> ScriptFile:
    """The file with only these of its calls; with all when no id is given.

    Raises:
        ScriptError: it has no call of that id.
    """
    known = {call.id for call in scripts.calls}
    for unknown in set(ids) - known:
        raise ScriptError(f"there is no call {unknown!r}; there are {', '.join(sorted(known))}")
    calls = [call for call in scripts.calls if not ids or call.id in ids]
    return scripts.model_copy(update={"calls": calls})


def _where(document: Any, location: tuple[int | str, ...]) -> str:
    """The place of a problem, with a call's id in place of its number."""
    parts = [str(part) for part in location]
    if len(location) > 1 and location[0] == "calls" and isinstance(location[1], int):
        call = document["calls"][location[1]]
        if isinstance(call, dict) and "id" in call:
            parts[:2] = [f"call {call['id']}"]
    return ".".join(parts)
