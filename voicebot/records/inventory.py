"""What personal there is in the database, table by table: which rows have come to their end, how
they are taken back to what may stay, and whose they are.

Retention and the requests of one person both go through here, so that neither forgets a table.
Whoever adds a table adds it here, to the treatments or to `NOT_PERSONAL`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Text,
    and_,
    bindparam,
    cast,
    exists,
    false,
    func,
    or_,
    select,
    true,
)
from sqlalchemy.orm import InstrumentedAttribute

from voicebot.records.campaign_types import OPEN_OUTCOMES
from voicebot.records.models import (
    AppointmentRow,
    AttemptRow,
    Base,
    CallbackRow,
    CallRow,
    CaseEventRow,
    CaseRow,
    DueWorkRow,
    HandoffRow,
    MessageRow,
    OptOutRow,
    PersonRow,
    ProposalRow,
    TurnRow,
)
from voicebot.records.models.base import UtcDateTime
from voicebot.records.people_types import ProposalState
from voicebot.records.types import AppointmentStatus, CallbackStatus, CaseStatus
from voicebot.records.work_types import MessageState, WorkState

# Given to every query: the present moment.
NOW = bindparam("now", type_=UtcDateTime())
_APPOINTMENT_ENDED = or_(
    AppointmentRow.status == AppointmentStatus.CANCELLED, AppointmentRow.starts_at < NOW
)
_CALLBACK_ENDED = CallbackRow.status.not_in((CallbackStatus.WAITING, CallbackStatus.DIALLING))
_CASE_ENDED = CaseRow.status == CaseStatus.CLOSED
_OPEN_MESSAGES = (MessageState.QUEUED, MessageState.SENDING)

# Why a table holds nothing that needs treatment of its own.
NOT_PERSONAL: Mapping[str, str] = {
    "audit": "no personal values by construction, and never changed",
    "branch_exceptions": "about branches",
    "branches": "the directory",
    "campaigns": "the words of a campaign, not its people",
    "categories": "the directory",
    "closures": "about branches",
    "deadline_rules": "rules",
    "desk_users": "staff, kept while they work here",
    "issued_numbers": "numbers without meaning alone",
    "notices": "what was played; goes with its call",
    "reservations": "places, not people",
}


class DataClass(StrEnum):
    """Classes of data, each with its time in the settings."""

    TURNS = "turns"
    CAPTURED = "captured"
    MESSAGES = "messages"
    APPOINTMENTS = "appointments"
    CALLBACKS = "callbacks"
    CAMPAIGNS = "campaigns"
    ATTEMPTS = "attempts"
    OPT_OUTS = "opt_outs"
    CASES = "cases"
    CALLS = "calls"
    WORK = "work"


@dataclass(frozen=True)
class Whose:
    """One person as the records know people. `emails`, `numbers` (of appointments and cases) and
    `calls` follow from the first two."""

    phone: str | None = field(repr=False)
    afm: str | None = field(repr=False)
    emails: tuple[str, ...] = field(default=(), repr=False)
    numbers: tuple[str, ...] = ()
    calls: tuple[str, ...] = ()


@dataclass(frozen=True)
class Treatment:
    """What happens to rows of one table.

    Attributes:
        key: the primary key.
        ended: the row's promise is over; open ones are never touched.
        ended_at: since when.
        left: there is still something personal in the row.
        whose: the row is about this person.
        blank: new values of the personal columns; the row itself is deleted where there are none.
    """

    data: DataClass
    table: type[Base]
    key: InstrumentedAttribute[Any]
    ended: ColumnElement[bool]
    ended_at: ColumnElement[Any] | InstrumentedAttribute[Any]
    left: ColumnElement[bool]
    whose: Callable[[Whose], ColumnElement[bool]]
    blank: Mapping[str, Any] | None = None


def equals(column: InstrumentedAttribute[Any], value: str | None) -> ColumnElement[bool]:
    """Whether a column has a value; an unknown value is nobody's."""
    return false() if value is None else column == value


def of_call(column: InstrumentedAttribute[Any]) -> Callable[[Whose], ColumnElement[bool]]:
    """Rows of the person's calls."""
    return lambda person: column.in_(person.calls)


def of_phone_or_afm(
    phone: InstrumentedAttribute[Any], afm: InstrumentedAttribute[Any]
) -> Callable[[Whose], ColumnElement[bool]]:
    """Rows that carry one of the two."""
    return lambda person: or_(equals(phone, person.phone), equals(afm, person.afm))


def _nothing_open(call_id: InstrumentedAttribute[Any]) -> ColumnElement[bool]:
    """No promise made in the call is still open: what was said is needed to keep it."""
    return and_(
        ~exists().where(AppointmentRow.call_id == call_id, ~_APPOINTMENT_ENDED),
        ~exists().where(CallbackRow.call_id == call_id, ~_CALLBACK_ENDED),
        ~exists().where(CaseRow.call_id == call_id, ~_CASE_ENDED),
    )


def attempts_of(person: Whose) -> ColumnElement[bool]:
    """Attempts to reach a person, as long as their telephone stands where they were rung for."""
    return or_(
        exists().where(
            CallbackRow.callback_id == AttemptRow.callback_id,
            equals(CallbackRow.number, person.phone),
        ),
        exists().where(
            PersonRow.person_id == AttemptRow.person_id, equals(PersonRow.number, person.phone)
        ),
    )


def _call_ended(call_id: InstrumentedAttribute[Any]) -> ColumnElement[Any]:
    return select(CallRow.ended_at).where(CallRow.call_id == call_id).scalar_subquery()


def _case_changed(number: InstrumentedAttribute[Any]) -> ColumnElement[Any]:
    return (
        select(CaseRow.changed_at)
        .where(CaseRow.number == number, CaseRow.status == CaseStatus.CLOSED)
        .scalar_subquery()
    )


def _not_empty(pairs: InstrumentedAttribute[Any]) -> ColumnElement[bool]:
    # PostgreSQL does not compare JSON.
    return cast(pairs, Text) != "[]"


TREATMENTS: tuple[Treatment, ...] = (
    Treatment(
        DataClass.TURNS,
        TurnRow,
        TurnRow.turn_id,
        ended=and_(_call_ended(TurnRow.call_id).is_not(None), _nothing_open(TurnRow.call_id)),
        ended_at=_call_ended(TurnRow.call_id),
        left=true(),
        whose=of_call(TurnRow.call_id),
    ),
    Treatment(
        DataClass.CAPTURED,
        HandoffRow,
        HandoffRow.handoff_id,
        ended=and_(HandoffRow.ended_at.is_not(None), _nothing_open(HandoffRow.call_id)),
        ended_at=HandoffRow.ended_at,
        left=or_(HandoffRow.summary != "", _not_empty(HandoffRow.captured)),
        whose=of_call(HandoffRow.call_id),
        blank={"summary": "", "captured": ()},
    ),
    Treatment(
        DataClass.CAPTURED,
        CaseRow,
        CaseRow.number,
        ended=_CASE_ENDED,
        ended_at=CaseRow.changed_at,
        left=_not_empty(CaseRow.captured),
        whose=of_phone_or_afm(CaseRow.phone, CaseRow.afm),
        blank={"captured": ()},
    ),
    Treatment(
        DataClass.MESSAGES,
        MessageRow,
        MessageRow.message_id,
        ended=MessageRow.state.not_in(_OPEN_MESSAGES),
        ended_at=func.coalesce(MessageRow.sent_at, MessageRow.queued_at),
        left=MessageRow.recipient != "",
        whose=lambda person: or_(
            equals(MessageRow.recipient, person.phone),
            MessageRow.recipient.in_(person.emails),
            MessageRow.about.in_(person.numbers),
        ),
        blank={"recipient": "", "text": "", "title": None, "attachments": []},
    ),
    Treatment(
        DataClass.APPOINTMENTS,
        AppointmentRow,
        AppointmentRow.number,
        ended=_APPOINTMENT_ENDED,
        ended_at=AppointmentRow.starts_at,
        left=or_(
            AppointmentRow.name != "",
            AppointmentRow.afm != "",
            AppointmentRow.mobile != "",
            AppointmentRow.amka.is_not(None),
            AppointmentRow.birthdate.is_not(None),
            AppointmentRow.email.is_not(None),
        ),
        whose=of_phone_or_afm(AppointmentRow.mobile, AppointmentRow.afm),
        blank={"name": "", "afm": "", "mobile": "", "amka": None, "birthdate": None, "email": None},
    ),
    # Before callbacks and people: their telephones say whose an attempt is.
    Treatment(
        DataClass.ATTEMPTS,
        AttemptRow,
        AttemptRow.attempt_id,
        ended=and_(
            ~exists().where(CallbackRow.callback_id == AttemptRow.callback_id, ~_CALLBACK_ENDED),
            ~exists().where(
                PersonRow.person_id == AttemptRow.person_id, PersonRow.outcome.in_(OPEN_OUTCOMES)
            ),
        ),
        ended_at=func.coalesce(AttemptRow.ended_at, AttemptRow.started_at),
        left=true(),
        whose=attempts_of,
    ),
    # Who asks to be forgotten does not ask to be rung again: `forget` leaves the number here.
    Treatment(
        DataClass.OPT_OUTS,
        OptOutRow,
        OptOutRow.number,
        ended=true(),
        ended_at=OptOutRow.at,
        left=true(),
        whose=lambda _: false(),
    ),
    Treatment(
        DataClass.CALLBACKS,
        CallbackRow,
        CallbackRow.callback_id,
        ended=_CALLBACK_ENDED,
        ended_at=CallbackRow.changed_at,
        left=CallbackRow.number != "",
        whose=lambda person: equals(CallbackRow.number, person.phone),
        blank={"number": "", "open_key": None},
    ),
    Treatment(
        DataClass.CAMPAIGNS,
        PersonRow,
        PersonRow.person_id,
        ended=PersonRow.outcome.not_in(OPEN_OUTCOMES),
        ended_at=PersonRow.changed_at,
        left=or_(PersonRow.number.not_like("#%"), _not_empty(PersonRow.values)),
        whose=lambda person: equals(PersonRow.number, person.phone),
        # Numbers are unique within a campaign.
        blank={"number": "#" + cast(PersonRow.person_id, Text), "values": ()},
    ),
    Treatment(
        DataClass.CASES,
        CaseRow,
        CaseRow.number,
        ended=_CASE_ENDED,
        ended_at=CaseRow.changed_at,
        left=or_(
            CaseRow.summary != "",
            CaseRow.name.is_not(None),
            CaseRow.phone.is_not(None),
            CaseRow.afm.is_not(None),
            CaseRow.answer.is_not(None),
        ),
        whose=of_phone_or_afm(CaseRow.phone, CaseRow.afm),
        blank={"summary": "", "name": None, "phone": None, "afm": None, "answer": None},
    ),
    Treatment(
        DataClass.CASES,
        CaseEventRow,
        CaseEventRow.event_id,
        ended=_case_changed(CaseEventRow.number).is_not(None),
        ended_at=_case_changed(CaseEventRow.number),
        left=CaseEventRow.note != "",
        whose=lambda person: CaseEventRow.number.in_(person.numbers),
        blank={"note": ""},
    ),
    Treatment(
        DataClass.CASES,
        ProposalRow,
        ProposalRow.proposal_id,
        ended=ProposalRow.state != ProposalState.NEW,
        ended_at=ProposalRow.decided_at,
        left=true(),
        whose=lambda person: ProposalRow.case_number.in_(person.numbers),
    ),
    Treatment(
        DataClass.CALLS,
        CallRow,
        CallRow.call_id,
        ended=and_(CallRow.ended_at.is_not(None), _nothing_open(CallRow.call_id)),
        ended_at=CallRow.ended_at,
        left=true(),
        whose=lambda _: false(),
    ),
    # What a person asks to be forgotten leaves the call itself: that somebody rang.
    Treatment(
        DataClass.CALLS,
        CallRow,
        CallRow.call_id,
        ended=and_(CallRow.ended_at.is_not(None), _nothing_open(CallRow.call_id)),
        ended_at=CallRow.ended_at,
        left=CallRow.caller_number.is_not(None),
        whose=of_call(CallRow.call_id),
        blank={"caller_number": None},
    ),
    Treatment(
        DataClass.WORK,
        DueWorkRow,
        DueWorkRow.work_id,
        ended=DueWorkRow.state.not_in((WorkState.WAITING, WorkState.CLAIMED)),
        ended_at=func.coalesce(DueWorkRow.done_at, DueWorkRow.due_at),
        left=true(),
        whose=lambda _: false(),
    ),
)
