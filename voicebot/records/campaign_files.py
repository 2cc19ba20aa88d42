"""The files that campaigns are made from: a CSV of people, and the text that they hear.

    phone,name,month
    6945123456,Μαρία Παπαδοπούλου,Μάρτιο

Every column but `phone` may stand in braces in the text: «Καλημέρα, {name}.»
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path
from string import Formatter

from voicebot.records import contact
from voicebot.records.campaign_types import NewPerson
from voicebot.records.errors import InvalidRecord, RecordsError

PHONE = "phone"
MOST_PEOPLE = 20_000
_LONGEST_VALUE = 200
_LONGEST_TEXT = 2000
_SHOWN = 20


class CampaignFileError(RecordsError):
    """A file cannot be used; the text names file, line and field, one problem a line."""


def read_text(folder: Path, key: str) -> str:
    """The text of a campaign.

    Raises:
        CampaignFileError: there is none of that name, or it is empty or too long.
    """
    path = folder / f"{key}.txt"
    if not key or path.name != f"{key}.txt" or path.parent != folder:
        raise CampaignFileError(f"message {key!r}: the name of a file in {folder} is needed")
    try:
        text = " ".join(path.read_text(encoding="utf-8").split())
    except FileNotFoundError as error:
        known = ", ".join(sorted(found.stem for found in folder.glob("*.txt"))) or "none"
        raise CampaignFileError(f"{path}: there is no such message; known: {known}") from error
    except (OSError, UnicodeDecodeError) as error:
        raise CampaignFileError(f"{path}: {error}") from error
    if not 0 < len(text) <= _LONGEST_TEXT:
        raise CampaignFileError(f"{path}: 1 to {_LONGEST_TEXT} characters are needed")
    placeholders(text, path)
    return text


def placeholders(text: str, path: Path) -> tuple[str, ...]:
    """The columns that a text needs.

    Raises:
        CampaignFileError: braces that do not fit.
    """
    try:
        fields = [field for _, field, spec, _ in Formatter().parse(text) if field is not None]
    except ValueError as error:
        raise CampaignFileError(f"{path}: {error}: write {{column}}") from error
    if any(not field.isidentifier() for field in fields):
        raise CampaignFileError(f"{path}: between braces stands the name of a column, no more")
    return tuple(dict.fromkeys(fields))


def read_people(
    path: Path, needed: Sequence[str], prefixes: tuple[str, ...]
) -> tuple[NewPerson, ...]:
    """The people of a file, as they stand there (a number may come twice).

    Args:
        needed: columns that must have a value in every line.
        prefixes: what numbers must begin with, in E.164.

    Raises:
        CampaignFileError: all problems, at most twenty of them.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            people = list(_lines(path, csv.DictReader(file, strict=True), needed, prefixes))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise CampaignFileError(f"{path}: {error}") from error
    problems = [one for one in people if isinstance(one, str)]
    if problems:
        more = [f"... and {len(problems) - _SHOWN} more"] if len(problems) > _SHOWN else []
        raise CampaignFileError("\n".join([*problems[:_SHOWN], *more]))
    if not people:
        raise CampaignFileError(f"{path}: there is nobody in it")
    return tuple(one for one in people if isinstance(one, NewPerson))


def _lines(
    path: Path,
    reader: csv.DictReader[str],
    needed: Sequence[str],
    prefixes: tuple[str, ...],
) -> Iterator[NewPerson | str]:
    columns = list(reader.fieldnames or ())
    missing = [name for name in (PHONE, *needed) if name not in columns]
    if missing:
        raise CampaignFileError(
            f"{path}: line 1: there is no column {', '.join(missing)} (there are:"
            f" {', '.join(columns) or 'none'})"
        )
    for count, row in enumerate(reader, 1):
        where = f"{path}: line {reader.line_num}"
        if count > MOST_PEOPLE:
            raise CampaignFileError(f"{where}: more than {MOST_PEOPLE} people; split the file")
        if None in row or None in row.values():
            yield f"{where}: {len(columns)} fields are needed, as in line 1"
            continue
        try:
            number = contact.phone_key(row[PHONE])
        except InvalidRecord as error:
            yield f"{where}, {error}"
            continue
        if not number.startswith(prefixes):
            yield f"{where}, phone: such numbers are not rung (see dialler.prefixes)"
            continue
        values = tuple((name, row[name].strip()) for name in columns if name != PHONE)
        wrong = [name for name, value in values if name in needed and not value]
        wrong += [name for name, value in values if len(value) > _LONGEST_VALUE]
        if wrong:
            yield f"{where}, {wrong[0]}: 1 to {_LONGEST_VALUE} characters are needed"
            continue
        yield NewPerson(number, values)
