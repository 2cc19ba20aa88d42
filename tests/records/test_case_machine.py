"""Cases under any order of what people and time do to them, on both databases."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable, Coroutine
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)

from tests.records.conftest import Server, StoppedClock
from voicebot.operations.case_clock import case_clock
from voicebot.operations.scheduler import Scheduler
from voicebot.records import (
    Agency,
    AlreadyFinished,
    Answer,
    Case,
    CaseAction,
    CaseMark,
    CaseStatus,
    InvalidRecord,
    Records,
    WorkState,
)
from voicebot.records.case_steps import CLOCK_WORK
from voicebot.records.teams import SUPERVISORS, case_team

MARIA = "person:maria"
SPANS = st.sampled_from([timedelta(hours=5), timedelta(days=1), timedelta(days=9)])
_OPEN_WORK = {WorkState.WAITING, WorkState.CLAIMED}


class CaseMachine(RuleBasedStateMachine):
    """Keeps its own idea of status and level of every case and compares."""

    server: Server
    cases = Bundle("cases")

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.folder = tempfile.TemporaryDirectory()
        self.clock = StoppedClock()
        url = self.server.copy_of_template(Path(self.folder.name))
        self.records = self.run(Records.open(url, clock=self.clock, instance="machine"))
        self.scheduler = Scheduler(self.records, {CLOCK_WORK: case_clock}, self.clock)
        self.status: dict[str, CaseStatus] = {}
        self.level: dict[str, int] = {}
        self.events: dict[str, int] = {}

    def run(self, coroutine: Coroutine[Any, Any, Any]) -> Any:
        return self.runner.run(coroutine)

    def teardown(self) -> None:
        verdict = self.run(self.records.audit.verify())
        assert verdict.broken_at is None
        self.run(self.records.close())
        self.runner.close()
        self.folder.cleanup()

    def case(self, number: str) -> Case:
        found = self.run(self.records.cases.details(number))
        assert isinstance(found, Case)
        return found

    @rule(
        target=cases, level=st.integers(1, 3), agency=st.sampled_from([Agency.EFKA, Agency.LABOUR])
    )
    def open(self, level: int, agency: Agency) -> str:
        number: str = self.run(self.records.cases.open(agency, None, "x", level=level))
        self.status[number], self.level[number] = CaseStatus.OPEN, level
        return number

    def step(
        self,
        number: str,
        name: str,
        allowed: Callable[[CaseStatus], bool],
        after: CaseStatus | None,
        *args: object,
    ) -> bool:
        """Do it; it must be done exactly when it is allowed."""
        do = getattr(self.records.cases, name)(number, MARIA, *args)
        if not allowed(self.status[number]):
            with pytest.raises(AlreadyFinished):
                self.run(do)
            return False
        self.run(do)
        self.status[number] = after or self.status[number]
        return True

    @rule(number=cases)
    def take(self, number: str) -> None:
        begun = self.status[number] is CaseStatus.OPEN
        after = CaseStatus.IN_PROGRESS if begun else None
        self.step(number, "take", lambda now: now is not CaseStatus.CLOSED, after)

    @rule(number=cases)
    def reassign(self, number: str) -> None:
        self.step(
            number, "reassign", lambda now: now is not CaseStatus.CLOSED, None, "person:nikos", "x"
        )

    @rule(number=cases)
    def pause(self, number: str) -> None:
        running = {CaseStatus.OPEN, CaseStatus.IN_PROGRESS}
        self.step(number, "pause", lambda now: now in running, CaseStatus.WAITING_CITIZEN, "λείπει")

    @rule(number=cases)
    def resume(self, number: str) -> None:
        paused = CaseStatus.WAITING_CITIZEN
        self.step(number, "resume", lambda now: now is paused, CaseStatus.IN_PROGRESS, "ήρθε")

    @rule(number=cases)
    def escalate(self, number: str) -> None:
        if self.level[number] == 3 and self.status[number] is not CaseStatus.CLOSED:
            with pytest.raises(InvalidRecord):
                self.run(self.records.cases.escalate(number, MARIA, "x"))
        elif self.step(
            number, "escalate", lambda now: now is not CaseStatus.CLOSED, CaseStatus.OPEN, "x"
        ):
            self.level[number] += 1

    @rule(number=cases)
    def answer(self, number: str) -> None:
        told = Answer("Εγκρίθηκε.", "told")
        self.step(
            number, "answer", lambda now: now is not CaseStatus.CLOSED, CaseStatus.CLOSED, told
        )

    @rule(number=cases)
    def reopen(self, number: str) -> None:
        self.step(number, "reopen", lambda now: now is CaseStatus.CLOSED, CaseStatus.OPEN, "x")

    @rule(span=SPANS, stopped=st.booleans())
    def time_passes(self, span: timedelta, stopped: bool) -> None:
        self.clock.now += span
        if stopped:
            return
        before = {number: self.case(number) for number in self.status}
        self.run(self.scheduler.run_once())
        for number, case in before.items():
            now = self.case(number)
            passed = case.deadline is not None and case.deadline <= self.clock.now
            if passed and case.level < 3:
                self.level[number] += 1
                self.status[number] = CaseStatus.OPEN
                assert now.owner == case_team(now.agency, now.level)
            elif passed:
                assert now.mark is CaseMark.OVERDUE
                if case.mark is not CaseMark.OVERDUE:
                    assert now.owner == SUPERVISORS
            assert now.marked(self.clock.now) is now.mark or now.mark is CaseMark.OVERDUE
            # Doing it again changes nothing.
        assert self.run(self.scheduler.run_once()) == 0

    @invariant()
    def everything_holds(self) -> None:
        for number, status in self.status.items():
            case = self.case(number)
            assert (case.status, case.level) == (status, self.level[number])
            assert case.owner
            running = status in (CaseStatus.OPEN, CaseStatus.IN_PROGRESS)
            assert (case.deadline is not None) == running
            due = self.run(self.records.work.about(CLOCK_WORK, number))
            waiting = [work for work in due if work.state in _OPEN_WORK]
            assert len(waiting) == (running and case.mark is not CaseMark.OVERDUE)
            # The history is the case: the last of each kind of change is how it stands.
            assert [e.status for e in case.history if e.status][-1] is case.status
            assert [e.owner for e in case.history if e.owner][-1] == case.owner
            assert [e.level for e in case.history if e.level][-1] == case.level
            assert len(case.history) >= self.events.get(number, 0)
            self.events[number] = len(case.history)
            links = self.run(self.records.audit.about(number))
            assert [link.what for link in links] == [f"case.{e.action}" for e in case.history]
            levels = [e.level for e in case.history if e.action is CaseAction.ESCALATED]
            assert levels == sorted(set(levels), key=lambda level: level or 0)


@pytest.mark.timeout(600)
def test_cases_in_any_order(server: Server) -> None:
    if not server.has_template:
        asyncio.run(_make_template(server))
    machine = type("Machine", (CaseMachine,), {"server": server})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=12,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


async def _make_template(server: Server) -> None:
    await (await Records.open(server.template())).close()
    server.has_template = True
