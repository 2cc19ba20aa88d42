"""The shape of the files in intents/: what an editor may write, checked field by field."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator

# A figure without an end date is trusted for a year after somebody last looked at its source.
FRESH_FOR = timedelta(days=365)

PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)\}")


class Agency(StrEnum):
    """The bodies behind the line."""

    EFKA = "EFKA"
    DYPA = "DYPA"
    OPEKA = "OPEKA"
    LABOUR = "LABOUR"
    TEKA = "TEKA"
    KEP = "KEP"
    GENERAL = "GENERAL"


class Service(StrEnum):
    """Labels of entries that are not questions about a topic."""

    APPOINTMENT = "APPOINTMENT"
    APPOINTMENT_CHANGE = "APPOINTMENT_CHANGE"
    APPOINTMENT_CANCEL = "APPOINTMENT_CANCEL"
    CALLBACK = "CALLBACK"
    CASE_STATUS = "CASE_STATUS"
    AGENT = "AGENT"
    REPEAT = "REPEAT"
    SLOWER = "SLOWER"
    LOUDER = "LOUDER"
    YES = "YES"
    NO = "NO"
    GOODBYE = "GOODBYE"
    GREETING = "GREETING"
    THANKS = "THANKS"
    BOT_QUESTION = "BOT_QUESTION"
    ENGLISH = "ENGLISH"
    DISTRESS = "DISTRESS"
    COMPLAINT_SERVICE = "COMPLAINT_SERVICE"
    FRAUD = "FRAUD"
    OUT_OF_SCOPE = "OUT_OF_SCOPE"


TOPIC_CODE = re.compile(r"[EDOWTK]\d\d")


class Distress(StrEnum):
    """What kind of danger a caller may be in."""

    SUICIDE = "suicide"
    VIOLENCE = "violence"
    MEDICAL = "medical"


class Confidence(StrEnum):
    """A: official source seen; B: press or professional site; C: not confirmed, never spoken."""

    A = "A"
    B = "B"
    C = "C"


class Unit(StrEnum):
    """How a figure is written in a sentence."""

    EURO = "euro"
    PERCENT = "percent"
    NUMBER = "number"
    DATE = "date"
    PHONE = "phone"
    TEXT = "text"


class Category(StrEnum):
    """Service categories of appointments."""

    PENSIONS_AWARD = "pensions_award"
    PENSIONS_PAYMENT = "pensions_payment"
    INSURANCE_HISTORY = "insurance_history"
    REGISTRY_AMKA = "registry_amka"
    CONTRIBUTIONS_SELFEMPLOYED = "contributions_selfemployed"
    CASH_BENEFITS = "cash_benefits"
    HEALTH_ENTITLEMENT = "health_entitlement"
    EMPLOYERS = "employers"
    DEBTS_KEAO = "debts_keao"
    DISABILITY_KEPA = "disability_kepa"
    REGISTRATION_CARD = "registration_card"
    UNEMPLOYMENT_BENEFIT = "unemployment_benefit"
    MATERNITY = "maternity"
    COUNSELLOR = "counsellor"
    PROGRAMMES = "programmes"
    VULNERABLE_GROUPS = "vulnerable_groups"
    OBJECTION = "objection"


_MONTHS = (
    "Ιανουαρίου",
    "Φεβρουαρίου",
    "Μαρτίου",
    "Απριλίου",
    "Μαΐου",
    "Ιουνίου",
    "Ιουλίου",
    "Αυγούστου",
    "Σεπτεμβρίου",
    "Οκτωβρίου",
    "Νοεμβρίου",
    "Δεκεμβρίου",
)

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
EntryId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$")]


class Strict(BaseModel):
    """Unknown fields are typing errors."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Figure(Strict):
    """An amount, number, date or telephone number, with the time for which it is true."""

    value: date | int | float | str
    unit: Unit
    valid_from: date | None = None
    valid_until: date | None = None
    source: Line
    checked_on: date
    confidence: Confidence

    @property
    def last_day(self) -> date:
        """The last day on which the figure may be spoken."""
        recheck = self.checked_on + FRESH_FOR
        return min(self.valid_until, recheck) if self.valid_until else recheck

    def speakable(self, today: date) -> bool:
        """Whether the figure may be spoken as a fact on this day."""
        started = self.valid_from is None or self.valid_from <= today
        return self.confidence is not Confidence.C and started and today <= self.last_day

    def written(self) -> str:
        """The figure as it stands in a sentence: «18,61 ευρώ», «2,4%», «30 Νοεμβρίου 2026».

        Telephone numbers are written digit by digit, to be read slowly.
        """
        match self.unit:
            case Unit.EURO:
                return f"{_decimal(self.value, cents=True)} ευρώ"
            case Unit.PERCENT:
                return f"{_decimal(self.value)}%"
            case Unit.NUMBER:
                return _decimal(self.value)
            case Unit.DATE if isinstance(self.value, date):
                return f"{self.value.day} {_MONTHS[self.value.month - 1]} {self.value.year}"
            case Unit.PHONE:
                return " ".join(str(self.value))
            case _:
                return str(self.value)

    @field_validator("value")
    @classmethod
    def _is_not_a_truth_value(cls, value: object) -> object:
        if isinstance(value, bool):
            raise ValueError("a figure is a number, a date or a text")
        return value


def _decimal(value: object, cents: bool = False) -> str:
    if isinstance(value, int):
        return f"{value:,}".replace(",", ".")
    if isinstance(value, float):
        digits = f"{value:,.2f}".removesuffix(".00")
        if not cents and "." in digits:
            digits = digits.removesuffix("0")
        return digits.translate(str.maketrans(",.", ".,"))
    return str(value)


class Confusable(Strict):
    """Another entry that callers mix up with this one, and the question that tells them apart."""

    entry: EntryId
    question: Line


class Next(Strict):
    """What the line offers after the answer."""

    offer: Literal["appointment", "callback", "case", "handoff", "none"] = "none"
    agency: Agency | None = None
    category: Category | None = None
    team: Line | None = None


class Entry(Strict):
    """One question with its answer, or one service request.

    Attributes:
        id: file stem and a name, e.g. "efka.pension_payment_dates".
        topic: a topic code (E01 … K02) or a `Service`.
        title: what the line says when it asks back: «για την ευρωπαϊκή κάρτα ασθένειας».
        examples: utterances of callers; the classifier learns from them.
        patterns: many utterances in short notation (patterns.py).
        answer: spoken, at most three short sentences; `{name}` stands for a figure.
        answer_without_figures: spoken instead when a figure may not be spoken.
        details: written, for chat and messages, with addresses of pages.
        signals: phrases that always mean this entry (DISTRESS); `*` at the end of a word stands
            for any ending, `…` for up to three words, `-` before a phrase makes it an exception.
        kind: of a DISTRESS entry.
        negative: the entry holds utterances that are no request at all.
    """

    id: EntryId
    topic: str
    title: Line
    agency: Agency | None = None
    examples: tuple[Line, ...] = Field(min_length=1)
    patterns: tuple[Line, ...] = ()
    answer: Line | None = None
    answer_without_figures: Line | None = None
    details: Line | None = None
    figures: Mapping[Name, Figure] = Field(default_factory=dict)
    sources: tuple[Line, ...] = ()
    confusable_with: tuple[Confusable, ...] = ()
    next: Next = Next()
    signals: tuple[Line, ...] = ()
    kind: Distress | None = None
    negative: bool = False

    @field_validator("topic")
    @classmethod
    def _is_a_label(cls, topic: str) -> str:
        if not TOPIC_CODE.fullmatch(topic) and topic not in set(Service):
            raise ValueError(f"{topic!r} is neither a topic code (E01) nor a service label")
        return topic

    @property
    def is_question(self) -> bool:
        """Whether the entry answers a question about a topic."""
        return TOPIC_CODE.fullmatch(self.topic) is not None

    def spoken_answer(self, today: date) -> str:
        """What the line says on this day.

        Figures that are out of date or of low confidence are never part of it: the variant
        without figures is spoken instead. Empty for service requests without an answer.
        """
        if self.answer is None:
            return ""
        names = PLACEHOLDER.findall(self.answer)
        if all(self.figures[name].speakable(today) for name in names):
            return _fill(self.answer, self.figures)
        return self.answer_without_figures or ""

    def written_answer(self, today: date) -> str:
        """The details for chat and messages, without sentences whose figures may not be told."""
        if self.details is None:
            return self.spoken_answer(today)
        kept = [
            line
            for line in self.details.splitlines()
            if all(self.figures[name].speakable(today) for name in PLACEHOLDER.findall(line))
        ]
        return _fill("\n".join(kept), self.figures)


def _fill(template: str, figures: Mapping[str, Figure]) -> str:
    return PLACEHOLDER.sub(lambda match: figures[match.group(1)].written(), template)


class KnowledgeFile(Strict):
    """One YAML file: an agency and its entries."""

    agency: Agency
    entries: tuple[Entry, ...] = Field(min_length=1)


class Wording(Strict):
    """synonyms.yaml: what words mean the same to the classifier.

    Attributes:
        synonyms: groups of words; one that ends in `*` stands for all words that begin so.
        phrases: choices, with `|` between them, that patterns name as `<name>`.
    """

    synonyms: Mapping[Name, tuple[Line, ...]] = Field(default_factory=dict)
    phrases: Mapping[Name, Line] = Field(default_factory=dict)
