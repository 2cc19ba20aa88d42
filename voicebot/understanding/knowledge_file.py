"""Reads one YAML file of intents/ and finds the line of every mistake in it."""

from __future__ import annotations

import difflib
import re
from collections.abc import Hashable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ValidationError

from voicebot.understanding.eservices import ElectronicService, Listed, ServicesFile
from voicebot.understanding.knowledge_schema import (
    Confusable,
    Entry,
    Figure,
    KnowledgeFile,
    Next,
    Wording,
)

_FIELDS = {
    name
    for model in (
        KnowledgeFile,
        Entry,
        Figure,
        Confusable,
        Next,
        Wording,
        ServicesFile,
        ElectronicService,
    )
    for name in model.model_fields
}


# With libyaml the knowledge is read in a fifth of the time.
_SafeLoader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_SafeLoader):  # type: ignore[misc, valid-type]
    """YAML in which only true and false are truth values: YES and NO are labels here."""


_TRUTH = "tag:yaml.org,2002:bool"
_TRUE_OR_FALSE = re.compile(r"^(?:true|false)$")
_Loader.yaml_implicit_resolvers = {
    first: [(tag, _TRUE_OR_FALSE if tag == _TRUTH else pattern) for tag, pattern in resolvers]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


@dataclass(frozen=True)
class Problem:
    """One mistake in a file: where it is and how to mend it. Lines count from 1."""

    file: str
    line: int
    field: str
    message: str
    mend: str

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}"
        subject = f" {self.field}:" if self.field else ""
        return f"{where}:{subject} {self.message} → {self.mend}"


@dataclass(frozen=True)
class Located:
    """An entry together with the place where it was written."""

    entry: Entry
    file: str
    node: yaml.Node = field(repr=False)

    @property
    def line(self) -> int:
        """Line of the entry."""
        return self.line_of()

    def line_of(self, *path: str | int) -> int:
        """Line of a field of the entry, or of the deepest part of the path that is there."""
        return _line(self.node, path)

    def problem(self, path: tuple[str | int, ...], message: str, mend: str) -> Problem:
        """A mistake at a field of this entry."""
        return Problem(
            self.file, self.line_of(*path), _dotted((self.entry.id, *path)), message, mend
        )


def read_entries(path: Path) -> tuple[list[Located], list[Problem]]:
    """The entries of one agency's file, with the mistakes found in it."""
    node, data, problems = _read_yaml(path)
    if node is None:
        return [], problems
    try:
        parsed = KnowledgeFile.model_validate(data)
    except ValidationError as error:
        return [], problems + _explain(path, node, data, error)
    located = []
    nodes = _child(node, "entries")
    for index, entry in enumerate(parsed.entries):
        if entry.agency is None:
            entry = entry.model_copy(update={"agency": parsed.agency})
        entry_node = _child(nodes, index) if nodes is not None else None
        located.append(Located(entry, str(path), entry_node or node))
    return located, problems


def read_wording(path: Path) -> tuple[Wording, list[Problem]]:
    """The content of synonyms.yaml, with the mistakes found in it."""
    node, data, problems = _read_yaml(path)
    if node is None:
        return Wording(), problems
    try:
        return Wording.model_validate(data), problems
    except ValidationError as error:
        return Wording(), problems + _explain(path, node, data, error)


@dataclass(frozen=True)
class LocatedService:
    """An electronic service together with the place where it was written."""

    listed: Listed
    file: str
    node: yaml.Node = field(repr=False)

    @property
    def line(self) -> int:
        """Line of the service."""
        return _line(self.node, ())

    def problem(self, name: str, message: str, mend: str) -> Problem:
        """A mistake at a field of this service."""
        place = f"{self.listed.service.id}.{name}"
        return Problem(self.file, _line(self.node, (name,)), place, message, mend)


def read_services(path: Path) -> tuple[list[LocatedService], list[Problem]]:
    """The electronic services of one agency's file, with the mistakes found in it."""
    node, data, problems = _read_yaml(path)
    if node is None:
        return [], problems
    try:
        parsed = ServicesFile.model_validate(data)
    except ValidationError as error:
        return [], problems + _explain(path, node, data, error)
    nodes = _child(node, "services")
    located = []
    for index, service in enumerate(parsed.services):
        place = _child(nodes, index) if nodes is not None else None
        located.append(LocatedService(Listed(parsed.agency, service), str(path), place or node))
    return located, problems


def _read_yaml(path: Path) -> tuple[yaml.Node | None, Any, list[Problem]]:
    try:
        text = path.read_text(encoding="utf-8")
        node = yaml.compose(text, Loader=_Loader)
        data = yaml.load(text, Loader=_Loader)  # a SafeLoader
    except UnicodeDecodeError as error:
        mend = "save the file as UTF-8"
        return None, None, [Problem(str(path), 1, "", f"not UTF-8 text ({error.reason})", mend)]
    except OSError as error:
        mend = "check the name and the rights of the file"
        return None, None, [Problem(str(path), 1, "", str(error.strerror), mend)]
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        mend = "check indentation, colons and quotation marks around here"
        return None, None, [Problem(str(path), line, "", f"not YAML: {error.problem}", mend)]
    if node is None:
        return None, None, [Problem(str(path), 1, "", "the file is empty", "write entries: in it")]
    return node, data, list(_repeated_keys(path, node))


def _repeated_keys(path: Path, node: yaml.Node) -> list[Problem]:
    found = []
    if isinstance(node, yaml.MappingNode):
        seen: set[Hashable] = set()
        for key, value in node.value:
            if key.value in seen:
                found.append(
                    Problem(
                        str(path),
                        key.start_mark.line + 1,
                        key.value,
                        "the field stands twice in the same place",
                        "keep one of the two",
                    )
                )
            seen.add(key.value)
            found += _repeated_keys(path, value)
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            found += _repeated_keys(path, item)
    return found


def _explain(path: Path, node: yaml.Node, data: Any, error: ValidationError) -> list[Problem]:
    problems = []
    seen: set[tuple[str, int]] = set()
    for mistake in error.errors():
        loc = tuple(part for part in mistake["loc"] if _exists(node, mistake["loc"], part))
        name = str(mistake["loc"][-1])
        if mistake["type"] == "missing":
            loc, message = tuple(mistake["loc"][:-1]), f"the field {name!r} is missing"
            mend = f"add {name}:"
        elif mistake["type"] == "extra_forbidden":
            message = "there is no such field"
            close = difflib.get_close_matches(name, _FIELDS, n=1)
            mend = f"did you mean {close[0]}?" if close else "take it out"
        else:
            message = mistake["msg"].removeprefix("Value error, ")
            mend = _mend(mistake["type"], mistake.get("ctx", {}))
        line = _line(node, loc)
        # A value that fits none of several types is one mistake, not one for each type.
        if (dotted := _dotted(_named(data, loc))) and (dotted, line) in seen:
            continue
        seen.add((dotted, line))
        problems.append(Problem(str(path), line, dotted, message, mend))
    return problems


def _mend(kind: str, context: dict[str, Any]) -> str:
    if kind in {"enum", "literal_error"}:
        return f"write one of {context.get('expected', '')}"
    if kind.startswith("date"):
        return "write the date as 2026-11-24"
    if kind == "string_pattern_mismatch":
        return f"write it in small Latin letters to fit {context.get('pattern', '')}"
    if kind in {"string_type", "tuple_type", "dict_type", "model_type"}:
        return "check the indentation, and put quotation marks around a text that looks otherwise"
    if kind in {"string_too_short", "too_short"}:
        return "write at least one"
    return "write a value that fits"


def _exists(node: yaml.Node, loc: tuple[str | int, ...], part: str | int) -> bool:
    # pydantic adds the name of the tried type to the place of a mistake in a union
    before = loc[: loc.index(part)]
    parent: yaml.Node | None = node
    for step in before:
        parent = _child(parent, step) if parent is not None else None
    return parent is not None and _child(parent, part) is not None


def _named(data: Any, loc: tuple[str | int, ...]) -> tuple[str | int, ...]:
    """The place with the entry's id instead of its index, when it has one."""
    if len(loc) >= 2 and loc[0] in ("entries", "services") and isinstance(loc[1], int):
        entry = data[loc[0]][loc[1]]
        name = entry.get("id") if isinstance(entry, dict) else None
        return (str(name or f"entry {loc[1] + 1}"), *loc[2:])
    return loc


def _dotted(path: tuple[str | int, ...]) -> str:
    return ".".join(str(part) for part in path)


def _child(node: yaml.Node, part: str | int) -> yaml.Node | None:
    if isinstance(node, yaml.MappingNode):
        return next((value for key, value in node.value if key.value == part), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        item: yaml.Node = node.value[part]
        return item
    return None


def _line(node: yaml.Node, path: tuple[str | int, ...]) -> int:
    line: int = node.start_mark.line + 1
    for part in path:
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                if key.value == part:
                    line, node = key.start_mark.line + 1, value
                    break
            else:
                return line
        else:
            child = _child(node, part)
            if child is None:
                return line
            line, node = child.start_mark.line + 1, child
    return line


SCHEMAS: dict[str, type[BaseModel]] = {
    "knowledge": KnowledgeFile,
    "services": ServicesFile,
    "wording": Wording,
}


def model_schema(kind: str = "knowledge") -> dict[str, Any]:
    """JSON Schema of a kind of file, for editors that complete and check while typing.

    Raises:
        KeyError: there is no such kind in `SCHEMAS`.
    """
    return SCHEMAS[kind].model_json_schema()
