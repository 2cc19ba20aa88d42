"""The knowledge of the line: loads intents/, says what is wrong with it and what has aged."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from voicebot.understanding.knowledge_checks import check_entries
from voicebot.understanding.knowledge_file import Located, Problem, read_entries, read_wording
from voicebot.understanding.knowledge_schema import Confidence, Entry, Wording

SYNONYMS_FILE = "synonyms.yaml"


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
    """All entries, by id and by topic, in the order of the files."""

    def __init__(self, located: list[Located], wording: Wording) -> None:
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
        return sorted(found, key=lambda figure: (figure.last_day, figure.entry))

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
    return _read(folder)[2]


def load_knowledge(folder: Path) -> Knowledge:
    """Load every YAML file of a folder.

    Raises:
        KnowledgeError: a file cannot be read or breaks a rule.
    """
    located, wording, problems = _read(folder)
    if problems:
        raise KnowledgeError(problems)
    return Knowledge(located, wording)


def _read(folder: Path) -> tuple[list[Located], Wording, list[Problem]]:
    paths = sorted(folder.glob("*.yaml"))
    entry_paths = [path for path in paths if path.name != SYNONYMS_FILE]
    if not entry_paths:
        mend = "point the setting understanding.intents at the folder with the YAML files"
        return (
            [],
            Wording(),
            [Problem(str(folder), 1, "", "no knowledge files (*.yaml) here", mend)],
        )
    located: list[Located] = []
    problems: list[Problem] = []
    for path in entry_paths:
        entries, wrong = read_entries(path)
        located += entries
        problems += wrong
    wording = Wording()
    if folder / SYNONYMS_FILE in paths:
        wording, wrong = read_wording(folder / SYNONYMS_FILE)
        problems += wrong
    problems += check_entries(located, wording.phrases)
    return located, wording, problems
