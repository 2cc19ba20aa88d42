"""Reads a table of deadlines from YAML or CSV and says of every mistake where it is.

    rules:
    - {agency: "*", topic: "*", level: 1, working_days: 1, basis: agreed target}

    agency,topic,level,working_days,days,months,from,basis
    *,*,1,1,,,,agreed target

Of `working_days`, `days` and `months` each rule has one. `from: opening` counts from the opening of
the case (days and months only), otherwise from its coming to the level. Every level needs a rule
for all agencies and topics, so that no case is ever without a deadline.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from voicebot.records.deadlines import ANY, LEVELS, DeadlineRule, Unit
from voicebot.records.errors import InvalidRecord
from voicebot.records.types import Agency

DEFAULTS = Path(__file__).parent / "deadlines.yaml"

_Amount = Annotated[int, Field(gt=0, le=3660)]


class _Rule(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    agency: Agency | Literal["*"]
    topic: str = Field(pattern=r"^(\*|[A-Z][A-Z0-9_]{1,63})$")
    level: int = Field(ge=1, le=3)
    working_days: _Amount | None = None
    days: _Amount | None = None
    months: _Amount | None = None
    counted_from: Literal["level", "opening"] = Field(default="level", alias="from")
    basis: str = Field(min_length=1, max_length=128)

    @model_validator(mode="after")
    def _has_one_amount(self) -> _Rule:
        if sum(amount is not None for amount in (self.working_days, self.days, self.months)) != 1:
            raise ValueError("give one of working_days, days, months")
        if self.working_days is not None and self.counted_from == "opening":
            raise ValueError("from: opening needs days or months, not working_days")
        return self

    def rule(self, *, is_default: bool) -> DeadlineRule:
        """As it is stored."""
        unit = next(unit for unit in Unit if getattr(self, unit) is not None)
        return DeadlineRule(
            agency=str(self.agency),
            topic=self.topic,
            level=self.level,
            amount=getattr(self, unit),
            unit=unit,
            from_opening=self.counted_from == "opening",
            basis=self.basis,
            is_default=is_default,
        )


def read_deadlines(path: Path, *, is_default: bool = False) -> tuple[DeadlineRule, ...]:
    """The rules of a file.

    Raises:
        InvalidRecord: it cannot be used; the text has a line for every mistake.
    """
    problems: list[str] = []
    rules: dict[tuple[str, str, int], DeadlineRule] = {}
    for place, fields in _rows(path):
        try:
            rule = _Rule.model_validate(fields).rule(is_default=is_default)
        except ValidationError as error:
            problems += [f"{path}: {place}: {_problem(mistake)}" for mistake in error.errors()]
            continue
        key = (rule.agency, rule.topic, rule.level)
        if key in rules:
            problems.append(
                f"{path}: {place}: a second rule for {' '.join(map(str, key))}; take out one"
            )
        rules[key] = rule
    if not problems:
        problems = [
            f"{path}: level {level} has no rule for agency * and topic *; add one, so that no case "
            "is without a deadline"
            for level in LEVELS
            if (ANY, ANY, level) not in rules
        ]
    if problems:
        raise InvalidRecord("\n".join(problems))
    return tuple(rules.values())


@lru_cache(maxsize=1)
def default_deadlines() -> tuple[DeadlineRule, ...]:
    """What holds until an operator says otherwise."""
    return read_deadlines(DEFAULTS, is_default=True)


def written(rules: Sequence[DeadlineRule]) -> str:
    """Rules as YAML that `read_deadlines` takes."""
    lines = []
    for rule in rules:
        fields: dict[str, object] = {
            "agency": rule.agency,
            "topic": rule.topic,
            "level": rule.level,
            rule.unit.value: rule.amount,
        }
        if rule.from_opening:
            fields["from"] = "opening"
        lines.append({**fields, "basis": rule.basis})
    return yaml.safe_dump({"rules": lines}, allow_unicode=True, sort_keys=False, width=100)


def _rows(path: Path) -> Iterator[tuple[str, Any]]:
    """Each rule with the place where it stands."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not UTF-8 text"
        raise InvalidRecord(f"{path}: {reason}; give a readable file in UTF-8") from error
    if path.suffix.lower() == ".csv":
        reader = csv.DictReader(io.StringIO(text))
        for row in reader:
            if None in row or None in row.values():
                raise InvalidRecord(
                    f"{path}: line {reader.line_num}: not as many values as the header has names"
                )
            yield f"line {reader.line_num}", {name: value for name, value in row.items() if value}
        return
    try:
        document = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise InvalidRecord(f"{path}: not YAML: {error}") from error
    rules = document.get("rules") if isinstance(document, dict) else None
    if not isinstance(rules, list):
        raise InvalidRecord(f"{path}: write a list under rules:, or give a file that ends in .csv")
    for at, fields in enumerate(rules, 1):
        yield f"rule {at}", fields


def _problem(mistake: Any) -> str:
    name = ".".join(str(part) for part in mistake["loc"] if part != "literal['*']")
    message = mistake["msg"].removeprefix("Value error, ")
    shown = "" if isinstance(mistake["input"], dict) else f" (got {mistake['input']!r})"
    return f"{name}: {message}{shown}" if name else message
