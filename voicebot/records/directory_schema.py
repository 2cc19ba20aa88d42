"""What a file of branches, categories, exceptions and closures may say."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from voicebot.records.hours import checked_feast, parse_hours
from voicebot.records.types import Agency, Identity, VisitChannel


def _split(value: object) -> object:
    """A cell of a table holds lists with commas, semicolons or spaces between."""
    if not isinstance(value, str) or not value.strip():
        return value
    return re.split(r"[,;\s]+", value.strip())


def _blank_is_none(value: object) -> object:
    return None if isinstance(value, str) and not value.strip() else value


def _text(check: Callable[[str], object]) -> Callable[[object], object]:
    def checked(value: object) -> object:
        return str(check(value)) if isinstance(value, str) else value

    return checked


_Code = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9_.-]+$")]
_Title = Annotated[str, Field(min_length=1, max_length=128)]
_Place = Annotated[Annotated[str, Field(max_length=64)] | None, BeforeValidator(_blank_is_none)]
_Channels = Annotated[tuple[VisitChannel, ...], BeforeValidator(_split), Field(min_length=1)]
_Asks = Annotated[tuple[Identity, ...], BeforeValidator(_split)]
_Hours = Annotated[str, BeforeValidator(_text(parse_hours)), Field(max_length=512)]
_Feast = Annotated[str, BeforeValidator(_text(checked_feast))]
_Minutes = Annotated[int, Field(gt=0, le=240)]
_Capacity = Annotated[Annotated[int, Field(gt=0, le=500)] | None, BeforeValidator(_blank_is_none)]
_OwnMinutes = Annotated[_Minutes | None, BeforeValidator(_blank_is_none)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class CategoryEntry(_Part):
    """One category; see `Category`. Without a capacity the desks of each branch count."""

    agency: Agency
    code: _Code
    title: _Title
    channels: _Channels
    slot_minutes: _Minutes
    asks: _Asks = (Identity.NAME, Identity.AFM, Identity.MOBILE)
    capacity: _Capacity = None
    earliest_days: Annotated[int, Field(ge=0, le=60)] = 1
    window_days: Annotated[int, Field(ge=1, le=366)] = 15
    notice_hours: Annotated[int, Field(ge=0, le=24 * 14)] = 1

    @model_validator(mode="after")
    def _reachable(self) -> CategoryEntry:
        if Identity.MOBILE not in self.asks:
            raise ValueError("asks: mobile is missing; the confirmation goes there, add it")
        return self


class BranchEntry(_Part):
    """One branch. Without a place it is a service by video or telephone."""

    agency: Agency
    code: _Code
    name: _Title
    place: _Place = None
    region: _Place = None
    channels: _Channels = (VisitChannel.IN_PERSON,)
    hours: _Hours
    desks: Annotated[int, Field(gt=0, le=500)] = 1
    feasts: Annotated[
        tuple[_Feast, ...], BeforeValidator(_split), BeforeValidator(lambda v: () if v == "" else v)
    ] = ()
    demo: bool = False

    @model_validator(mode="after")
    def _somewhere(self) -> BranchEntry:
        if VisitChannel.IN_PERSON in self.channels and self.place is None:
            raise ValueError("place: missing; name the town, or take in_person out of channels")
        return self


class ExceptionEntry(_Part):
    """Where one branch differs from a category; what is not given stays as it is."""

    branch: _Code
    category: _Code
    offered: bool = True
    channels: Annotated[
        tuple[VisitChannel, ...] | None, BeforeValidator(_split), BeforeValidator(_blank_is_none)
    ] = None
    slot_minutes: _OwnMinutes = None
    capacity: _Capacity = None


class ClosureEntry(_Part):
    """Days on which a branch, or everything, is closed."""

    branch: Annotated[str | None, BeforeValidator(_blank_is_none)] = None
    first: date = Field(alias="from")
    last: Annotated[date | None, BeforeValidator(_blank_is_none)] = Field(default=None, alias="to")
    reason: _Title

    @model_validator(mode="after")
    def _in_order(self) -> ClosureEntry:
        if self.last is not None and not 0 <= (self.last - self.first).days <= 366:
            raise ValueError("to: it must be from the same day to a year later; swap the days")
        return self


class DirectoryFile(_Part):
    """A whole YAML file."""

    version: Literal[1]
    categories: tuple[CategoryEntry, ...] = ()
    branches: tuple[BranchEntry, ...] = ()
    exceptions: tuple[ExceptionEntry, ...] = ()
    closures: tuple[ClosureEntry, ...] = ()


KINDS: dict[str, type[_Part]] = {
    "categories": CategoryEntry,
    "branches": BranchEntry,
    "exceptions": ExceptionEntry,
    "closures": ClosureEntry,
}


def columns(kind: str) -> tuple[set[str], set[str]]:
    """The columns of a table of such entries: those that must be there, and all."""
    fields = KINDS[kind].model_fields
    names = {field.alias or name: field.is_required() for name, field in fields.items()}
    return {name for name, required in names.items() if required}, set(names)


def mend_for(kind: str, field: str, message: str, value: Any) -> str:
    """How a value can be put right, for those who do not know the program."""
    if field == "agency":
        return f"one of {', '.join(Agency)}"
    if field == "channels":
        return f"one or more of {', '.join(VisitChannel)}"
    if field == "asks":
        return f"one or more of {', '.join(Identity)}"
    if "extra" in message.lower():
        return f"take it out; known are {', '.join(sorted(columns(kind)[1]))}"
    if "required" in message.lower():
        return "add it"
    if field == "code":
        return "letters A-Z, digits, point, hyphen and underscore"
    return "correct it"
