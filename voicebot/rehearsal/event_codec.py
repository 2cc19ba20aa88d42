"""The dialogue's events as JSON and back, whole, for calls that are played and then judged."""

from __future__ import annotations

from typing import Any, get_args

from pydantic import TypeAdapter

from voicebot.dialogue import events

_ADAPTERS: dict[str, TypeAdapter[Any]] = {
    kind.__name__: TypeAdapter(kind) for kind in get_args(events.Event)
}


def encode(event: events.Event) -> dict[str, Any]:
    """An event as `{"kind": …, "fields": {…}}`; unmasked: for invented callers only."""
    kind = type(event).__name__
    return {"kind": kind, "fields": _ADAPTERS[kind].dump_python(event, mode="json")}


def decode(kind: str, fields: dict[str, Any]) -> events.Event:
    """The event that `encode` wrote.

    Raises:
        KeyError: there is no such kind.
        pydantic.ValidationError: the fields are not those of the kind.
    """
    event: events.Event = _ADAPTERS[kind].validate_python(fields)
    return event
