"""Reads files of branches, categories, exceptions and closures, YAML or CSV; names every mistake.

A CSV file is one table; its header says which. Lines count from 1.
"""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ValidationError

from voicebot.records.directory_schema import (
    KINDS,
    BranchEntry,
    CategoryEntry,
    ClosureEntry,
    DirectoryFile,
    ExceptionEntry,
    columns,
    mend_for,
)
from voicebot.records.errors import RecordsError

_MOST_SHOWN = 50
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Problem:
    """One mistake: where it is and how to mend it."""

    file: str
    line: int
    field: str
    message: str
    mend: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.field}: {self.message} → {self.mend}"


class DirectoryError(RecordsError):
    """Files that cannot be imported; the text names file, line, field and mend of every mistake."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        shown = [str(problem) for problem in problems[:_MOST_SHOWN]]
        if len(problems) > _MOST_SHOWN:
            shown.append(f"… and {len(problems) - _MOST_SHOWN} more")
        super().__init__("nothing was imported:\n  " + "\n  ".join(shown))
        self.problems = tuple(problems)


@dataclass(frozen=True)
class Placed:
    """Where an entry was written."""

    file: str
    line: int

    def problem(self, field: str, message: str, mend: str) -> Problem:
        """A mistake in this entry."""
        return Problem(self.file, self.line, field, message, mend)


@dataclass
class DirectoryData:
    """All entries of the files, each with its place."""

    categories: list[tuple[CategoryEntry, Placed]] = field(default_factory=list)
    branches: list[tuple[BranchEntry, Placed]] = field(default_factory=list)
    exceptions: list[tuple[ExceptionEntry, Placed]] = field(default_factory=list)
    closures: list[tuple[ClosureEntry, Placed]] = field(default_factory=list)


def read_directory(files: Sequence[Path]) -> DirectoryData:
    """Read files that belong together.

    Raises:
        DirectoryError: a file cannot be read or has mistakes.
    """
    data, problems = DirectoryData(), []
    for path in files:
        try:
            text = path.read_text(encoding="utf-8-sig")
        except OSError as error:
            problems.append(Problem(str(path), 1, "file", str(error.strerror), "check the name"))
            continue
        except UnicodeDecodeError:
            problems.append(Problem(str(path), 1, "file", "not UTF-8 text", "save it as UTF-8"))
            continue
        read = _read_csv if path.suffix.lower() == ".csv" else _read_yaml
        problems += read(str(path), text, data)
    problems += _within(data)
    if problems:
        raise DirectoryError(problems)
    return data


def _add(data: DirectoryData, kind: str, entry: BaseModel, placed: Placed) -> None:
    getattr(data, kind).append((entry, placed))


def _read_yaml(name: str, text: str, data: DirectoryData) -> list[Problem]:
    loader = _Loader(text)
    try:
        node = loader.get_single_node()
        document = loader.construct_document(node) if node is not None else None
    except yaml.YAMLError as error:
        line = getattr(getattr(error, "problem_mark", None), "line", 0) + 1
        reason = getattr(error, "problem", None) or "not YAML"
        return [Problem(name, line, "file", reason, "check the indentation, put texts in quotes")]
    if not isinstance(document, dict):
        return [Problem(name, 1, "file", "it holds no directory", "begin with: version: 1")]
    try:
        whole = DirectoryFile.model_validate(document)
    except ValidationError as error:
        return [_explain(name, node, problem) for problem in error.errors()]
    for kind in KINDS:
        for at, entry in enumerate(getattr(whole, kind)):
            _add(data, kind, entry, Placed(name, _line(node, (kind, at))))
    return []


def _explain(name: str, node: yaml.Node | None, problem: Any) -> Problem:
    path = tuple(problem["loc"])
    kind = str(path[0]) if path and path[0] in KINDS else "branches"
    message = _message(problem)
    return Problem(
        name,
        _line(node, path),
        ".".join(str(part) for part in path) or "file",
        message,
        mend_for(kind, str(path[2]) if len(path) > 2 else "", message, problem.get("input"))
        if len(path) > 1
        else "known are version, " + ", ".join(KINDS),
    )


def _message(problem: Any) -> str:
    message = str(problem["msg"]).removeprefix("Value error, ")
    value = problem.get("input")
    return f"{message} (got {value!r})" if isinstance(value, str | int) else message


def _line(node: yaml.Node | None, path: Sequence[str | int]) -> int:
    """Line of the deepest part of a path that is there."""
    line = node.start_mark.line if node is not None else 0
    for part in path:
        child: yaml.Node | None = None
        if isinstance(node, yaml.MappingNode):
            pairs = [(key, value) for key, value in node.value if key.value == part]
            if pairs:
                line, child = pairs[0][0].start_mark.line, pairs[0][1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int):
            child = node.value[part] if part < len(node.value) else None
            line = child.start_mark.line if child is not None else line
        if child is None:
            break
        node = child
    return line + 1


def _read_csv(name: str, text: str, data: DirectoryData) -> list[Problem]:
    # Spreadsheets with Greek settings write semicolons.
    first = text.partition("\n")[0]
    reader = csv.reader(
        io.StringIO(text), delimiter=";" if first.count(";") > first.count(",") else ","
    )
    header = [cell.strip() for cell in next(reader, [])]
    kind = next((kind for kind in KINDS if _is_table(kind, set(header))), None)
    if kind is None:
        known = "; ".join(f"{kind}: {', '.join(sorted(columns(kind)[0]))}" for kind in KINDS)
        mend = f"the first line names the columns; needed are: {known}"
        return [Problem(name, 1, "header", f"not a table we know: {', '.join(header)}", mend)]
    problems = []
    model = KINDS[kind]
    line = reader.line_num
    for row in reader:
        begins, line = line + 1, reader.line_num
        if not any(cell.strip() for cell in row):
            continue
        if len(row) != len(header):
            message = f"{len(row)} cells, {len(header)} columns"
            problems.append(Problem(name, begins, "row", message, "quote cells with a comma"))
            continue
        cells = {key: cell.strip() for key, cell in zip(header, row, strict=True)}
        given = {key: cell for key, cell in cells.items() if cell}
        try:
            _add(data, kind, model.model_validate(given), Placed(name, begins))
        except ValidationError as error:
            for problem in error.errors():
                column = str(problem["loc"][0]) if problem["loc"] else "row"
                message = _message(problem)
                mend = mend_for(kind, column, message, problem.get("input"))
                problems.append(Problem(name, begins, column, message, mend))
    return problems


def _is_table(kind: str, header: set[str]) -> bool:
    required, known = columns(kind)
    return required <= header <= known


def _within(data: DirectoryData) -> list[Problem]:
    """Entries that are given twice."""
    problems = []
    keys: dict[str, dict[object, Placed]] = defaultdict(dict)
    for kind, label, entries in (
        ("categories", "code", [((e.agency, e.code), p) for e, p in data.categories]),
        ("branches", "code", [(e.code, p) for e, p in data.branches]),
        ("exceptions", "category", [((e.branch, e.category), p) for e, p in data.exceptions]),
    ):
        for key, placed in entries:
            before = keys[kind].setdefault(key, placed)
            if before is not placed:
                message = f"given already in {before.file}:{before.line}"
                problems.append(placed.problem(label, message, "take one of the two out"))
    return problems
