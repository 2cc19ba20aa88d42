"""The knowledge of the line: loads intents/, says what is wrong with it and what has aged."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from voicebot.understanding.eservices import ElectronicServices
from voicebot.understanding.knowledge_checks import check_entries, check_services
from voicebot.understanding.knowledge_file import (
    Located,
    LocatedService,
    Problem,
    read_entries,
    read_services,
    read_wording,
)
from voicebot.understanding.knowledge_schema import FRESH_FOR, Confidence, Entry, Wording

SYNONYMS_FILE = "synonyms.yaml"
SERVICES_FOLDER = "services"


class KnowledgeError(Exception):
    """The files in intents/ cannot be used; the text lists file, line, field and mend."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in problems))


@dataclass(frozen=True)
class StaleFigure:
    """A figure that is no longer spoken, or soon will not be."""

    entry: str
    name: str
    written: str
    last_day: date
    reason: str
    file: str
    line: int


class Knowledge:
    """All entries, by id and by topic, in the order of the files; and the directory of
    electronic services."""

    def __init__(
        self,
        located: list[Located],
        wording: Wording,
        services: list[LocatedService] | None = None,
    ) -> None:
        self._services = services or []
        self.eservices = ElectronicServices(one.listed for one in self._services)
        self._located = {one.entry.id: one for one in located}
        self.synonyms: Mapping[str, tuple[str, ...]] = wording.synonyms
        self.phrases: Mapping[str, str] = wording.phrases
        by_topic: dict[str, list[Entry]] = defaultdict(list)
        for one in located:
            by_topic[one.entry.topic].append(one.entry)
        self.by_topic: dict[str, tuple[Entry, ...]] = {
            topic: tuple(entries) for topic, entries in by_topic.items()
        }

    def __iter__(self) -> Iterator[Entry]:
        return (one.entry for one in self._located.values())

    def __len__(self) -> int:
        return len(self._located)

    def __contains__(self, entry_id: object) -> bool:
        return entry_id in self._located

    def entry(self, entry_id: str) -> Entry:
        """The entry with this id.

        Raises:
            KeyError: there is none.
        """
        return self._located[entry_id].entry

    def question_between(self, one: str, other: str) -> str | None:
        """The question that tells two entries apart, if an editor has written one."""
        for entry_id, rival in ((one, other), (other, one)):
            for confusable in self.entry(entry_id).confusable_with:
                if confusable.entry == rival:
                    return confusable.question
        return None

    def stale(self, today: date, soon_days: int = 30) -> list[StaleFigure]:
        """Figures that are not spoken today or will not be in `soon_days`, the oldest first."""
        found = []
        for one in self._located.values():
            for name, figure in one.entry.figures.items():
                days_left = (figure.last_day - today).days
                if figure.confidence is Confidence.C:
                    reason = "not confirmed (confidence C)"
                elif days_left < 0:
                    reason = "past its last day: not spoken"
                elif figure.valid_from is not None and figure.valid_from > today:
                    reason = "not valid yet: not spoken"
                elif days_left < soon_days:
                    reason = f"last day in {days_left} days"
                else:
                    continue
                line = one.line_of("figures", name)
                found.append(
                    StaleFigure(
                        entry=one.entry.id,
                        name=name,
                        written=figure.written(),
                        last_day=figure.last_day,
                        reason=reason,
                        file=one.file,
                        line=line,
                    )
                )
        found += self._stale_services(today, soon_days)
        return sorted(found, key=lambda figure: (figure.last_day, figure.entry))

    def _stale_services(self, today: date, soon_days: int) -> list[StaleFigure]:
        found = []
        for one in self._services:
            service = one.listed.service
            last_day = service.checked_on + FRESH_FOR
            if service.confidence is Confidence.C:
                reason = "not confirmed (confidence C)"
            elif today > last_day:
                reason = "past its last day: not spoken"
            elif (last_day - today).days < soon_days:
                reason = f"last day in {(last_day - today).days} days"
            else:
                continue
            found.append(
                StaleFigure(
                    service.id, "service", service.name, last_day, reason, one.file, one.line
                )
            )
        return found

    @property
    def digest(self) -> str:
        """A fingerprint (hexadecimal) of everything that the classifier learns from."""
        learned = {
            "entries": [
                [e.id, e.topic, e.examples, e.patterns, e.signals, e.negative, e.kind] for e in self
            ],
            "phrases": sorted(self.phrases.items()),
            "synonyms": {name: list(group) for name, group in sorted(self.synonyms.items())},
        }
        canonical = json.dumps(learned, ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(canonical.encode()).hexdigest()


def check(folder: Path) -> list[Problem]:
    """All that is wrong with the files of a folder; empty when they can be used."""
    return _read(folder).problems


def load_knowledge(folder: Path) -> Knowledge:
    """Load every YAML file of a folder.

    Raises:
        KnowledgeError: a file cannot be read or breaks a rule.
    """
    files = _read(folder)
    if files.problems:
        raise KnowledgeError(files.problems)
    return Knowledge(files.located, files.wording, files.services)


@dataclass
class _Files:
    """What the files of a folder say, and what is wrong with them."""

    located: list[Located] = field(default_factory=list)
    wording: Wording = field(default_factory=Wording)
    services: list[LocatedService] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def _read(folder: Path) -> _Files:
    files = _Files()
    paths = sorted(folder.glob("*.yaml"))
    entry_paths = [path for path in paths if path.name != SYNONYMS_FILE]
    if not entry_paths:
        mend = "point the setting understanding.intents at the folder with the YAML files"
        files.problems.append(Problem(str(folder), 1, "", "no knowledge files (*.yaml) here", mend))
        return files
    for path in entry_paths:
        entries, wrong = read_entries(path)
        files.located += entries
        files.problems += wrong
    if folder / SYNONYMS_FILE in paths:
        files.wording, wrong = read_wording(folder / SYNONYMS_FILE)
        files.problems += wrong
    for path in sorted((folder / SERVICES_FOLDER).glob("*.yaml")):
        services, wrong = read_services(path)
        files.services += services
        files.problems += wrong
    files.problems += check_entries(files.located, files.wording.phrases)
    files.problems += check_services(files.services, {one.entry.topic for one in files.located})
    return files
