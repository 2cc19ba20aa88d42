"""The tables. Importing this package registers all of them in `Base.metadata`."""

from __future__ import annotations

from voicebot.records.models.base import Base
from voicebot.records.models.calls import CallRow, HandoffRow, NoticeRow, TurnRow
from voicebot.records.models.deadlines import DeadlineRuleRow
from voicebot.records.models.dialling import AttemptRow, CampaignRow, OptOutRow, PersonRow
from voicebot.records.models.people import DeskUserRow, ProposalRow
from voicebot.records.models.promises import (
    CallbackRow,
    CaseEventRow,
    CaseRow,
    IssuedNumberRow,
)
from voicebot.records.models.visits import (
    AppointmentRow,
    BranchRow,
    CategoryRow,
    ClosureRow,
    ExceptionRow,
    ReservationRow,
)
from voicebot.records.models.work import FAILED_WORK, OPEN_WORK, AuditRow, DueWorkRow, MessageRow

__all__ = [
    "FAILED_WORK",
    "OPEN_WORK",
    "AppointmentRow",
    "AttemptRow",
    "AuditRow",
    "Base",
    "BranchRow",
    "CallRow",
    "CallbackRow",
    "CampaignRow",
    "CaseEventRow",
    "CaseRow",
    "CategoryRow",
    "ClosureRow",
    "DeadlineRuleRow",
    "DeskUserRow",
    "DueWorkRow",
    "ExceptionRow",
    "HandoffRow",
    "IssuedNumberRow",
    "MessageRow",
    "NoticeRow",
    "OptOutRow",
    "PersonRow",
    "ProposalRow",
    "ReservationRow",
    "TurnRow",
]
