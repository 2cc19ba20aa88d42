"""What was promised to citizens, with owner and deadline, and what proves it."""

from __future__ import annotations

from voicebot.records.appointments import Appointments
from voicebot.records.book import AppointmentBook
from voicebot.records.callbacks import Callbacks
from voicebot.records.case_types import Answer, Case, CaseAction, CaseFigures, CaseMark, CaseState
from voicebot.records.cases import Cases
from voicebot.records.directory import Directory
from voicebot.records.due_work import ClaimLost
from voicebot.records.errors import (
    AlreadyFinished,
    BookUnavailable,
    InvalidRecord,
    NotFound,
    RecordsError,
    RecordsUnavailable,
    SlotTaken,
    TooLate,
)
from voicebot.records.facade import Records
from voicebot.records.handoffs import Handoffs
from voicebot.records.masking import LogMasker, mask, mask_number
from voicebot.records.schedule import ANY_TIME, DateRange, TimeRange
from voicebot.records.types import (
    ATHENS,
    Agency,
    Appointment,
    AppointmentStatus,
    Branch,
    Callback,
    CallbackStatus,
    CallSummary,
    CaseStatus,
    Category,
    Clock,
    Direction,
    HandoffRecord,
    HandoffStatus,
    Hold,
    Identity,
    Notice,
    NoticeProof,
    Outcome,
    Person,
    Slot,
    Speaker,
    Turn,
    VisitChannel,
    Window,
)
from voicebot.records.work_types import (
    Attachment,
    Message,
    MessageChannel,
    MessageState,
    Work,
    WorkState,
    WorkSummary,
)

__all__ = [
    "ANY_TIME",
    "ATHENS",
    "Agency",
    "AlreadyFinished",
    "Answer",
    "Appointment",
    "AppointmentBook",
    "AppointmentStatus",
    "Appointments",
    "Attachment",
    "BookUnavailable",
    "Branch",
    "CallSummary",
    "Callback",
    "CallbackStatus",
    "Callbacks",
    "Case",
    "CaseAction",
    "CaseFigures",
    "CaseMark",
    "CaseState",
    "CaseStatus",
    "Cases",
    "Category",
    "ClaimLost",
    "Clock",
    "DateRange",
    "Direction",
    "Directory",
    "HandoffRecord",
    "HandoffStatus",
    "Handoffs",
    "Hold",
    "Identity",
    "InvalidRecord",
    "LogMasker",
    "Message",
    "MessageChannel",
    "MessageState",
    "NotFound",
    "Notice",
    "NoticeProof",
    "Outcome",
    "Person",
    "Records",
    "RecordsError",
    "RecordsUnavailable",
    "Slot",
    "SlotTaken",
    "Speaker",
    "TimeRange",
    "TooLate",
    "Turn",
    "VisitChannel",
    "Window",
    "Work",
    "WorkState",
    "WorkSummary",
    "mask",
    "mask_number",
]
