"""Whatever the hours, the window, the pauses and the luck: nobody is rung outside the hours or the
window, a promise ends in time, as kept or as a case with an owner and a deadline, and a campaign
keeps its pace. Rules alone first, by search for a counterexample, then on both databases."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.dialling.scene import Phones, scheduler, to_its_time
from tests.records.conftest import StoppedClock
from voicebot.records import ATHENS, CallbackStatus, Records, Window
from voicebot.records.calling_hours import allows
from voicebot.records.campaign_types import NewCampaign, NewPerson, PersonOutcome, RingPerson
from voicebot.records.campaigns import RUN
from voicebot.records.dial_plan import Tried, next_moment
from voicebot.records.dial_types import DialRules, Over, Wait
from voicebot.records.types import AttemptResult, utc_now
from voicebot.settings import Hours

# From a Tuesday on, over two holidays (25 and 26 December) and a weekend.
FIRST = datetime(2026, 12, 22, tzinfo=ATHENS)
NUMBER = "6945123456"
MINUTE = timedelta(minutes=1)

minutes = st.integers(0, 24 * 60 - 1).map(lambda at: time(at // 60, at % 60))
spans = st.tuples(minutes, minutes).filter(lambda span: span[0] < span[1])
moments = st.integers(0, 7 * 24 * 60).map(lambda at: FIRST + at * MINUTE)
lengths = st.integers(1, 3 * 24 * 60).map(lambda count: count * MINUTE)


@st.composite
def some_hours(draw: st.DrawFn) -> Hours:
    opens, closes = draw(spans)
    return Hours(
        opens=opens,
        closes=closes,
        weekends=draw(st.booleans()),
        holidays=draw(st.booleans()),
        closed_days=tuple(draw(st.sets(st.dates(date(2026, 12, 22), date(2026, 12, 31))))),
        quiet=tuple(draw(st.lists(spans, max_size=2))),
    )


@st.composite
def some_rules(draw: st.DrawFn) -> DialRules:
    pauses = st.lists(st.integers(1, 300), min_size=1, max_size=3)
    return DialRules(
        draw(some_hours()),
        max_attempts=draw(st.integers(1, 5)),
        pauses=tuple(pause * MINUTE for pause in draw(pauses)),
        patience=draw(st.sampled_from([timedelta(0), timedelta(hours=3)])),
    )


@st.composite
def some_windows(draw: st.DrawFn) -> Window:
    start = draw(moments)
    return Window(start, start + draw(lengths))


@settings(max_examples=150, deadline=None)
@given(
    rules=some_rules(),
    window=some_windows(),
    now=moments,
    not_before=st.none() | moments,
    attempts=st.integers(0, 5),
)
def test_next_moment(
    rules: DialRules, window: Window, now: datetime, not_before: datetime | None, attempts: int
) -> None:
    tried = Tried("+30" + NUMBER, window, attempts, not_before)
    found = next_moment(tried, rules, now)
    until = window.ends_at + rules.patience
    earliest = max(now, window.starts_at, not_before or now)
    if isinstance(found, datetime):
        assert attempts < rules.max_attempts
        assert earliest <= found <= until
        assert allows(rules.hours, found)
        until = found - MINUTE
    elif attempts >= rules.max_attempts:
        return
    # There is no moment before the one that was found, and none at all where none was found.
    moment = earliest
    while moment <= until:
        assert not allows(rules.hours, moment), moment
        moment += MINUTE


@settings(max_examples=100, deadline=None)
@given(rules=some_rules(), window=some_windows(), asked=moments)
def test_a_promise_ends_in_its_window(rules: DialRules, window: Window, asked: datetime) -> None:
    """Rung and never reached: so often, that late, with those pauses between, and then no more."""
    now, attempts, not_before = asked, 0, None
    rung: list[datetime] = []
    while isinstance(
        moment := next_moment(Tried("+30" + NUMBER, window, attempts, not_before), rules, now),
        datetime,
    ):
        rung.append(moment)
        attempts += 1
        now, not_before = moment, moment + rules.pause_after(attempts)
    assert len(rung) <= rules.max_attempts
    assert all(one <= window.ends_at + rules.patience for one in rung)
    for count, (sooner, later) in enumerate(pairwise(rung), 1):
        assert later - sooner >= rules.pause_after(count)


def _some_hours(chance: random.Random) -> Hours:
    opens = chance.randrange(7, 12)
    closes = chance.randrange(opens + 2, 22)
    quiet = chance.randrange(opens, closes - 1)
    return Hours(
        opens=time(opens),
        closes=time(closes),
        weekends=chance.random() < 0.3,
        holidays=chance.random() < 0.3,
        quiet=((time(quiet), time(quiet, 45)),),
    )


UNREACHED = [
    AttemptResult.NO_ANSWER,
    AttemptResult.BUSY,
    AttemptResult.MACHINE,
    AttemptResult.NO_AGENT,
    AttemptResult.HUNG_UP,
]


@pytest.mark.parametrize("seed", range(6))
async def test_a_callback_is_kept_in_its_window_or_given_up(
    records: Records, clock: StoppedClock, seed: int
) -> None:
    chance = random.Random(seed)
    clock.now = FIRST + timedelta(minutes=chance.randrange(4 * 24 * 60))
    rules = DialRules(_some_hours(chance), max_attempts=chance.randrange(1, 5))
    start = clock.now + timedelta(minutes=chance.randrange(24 * 60))
    window = Window(start, start + timedelta(minutes=chance.randrange(30, 8 * 60)))
    promised = await records.callbacks.request(NUMBER, window)
    phones = Phones(*chance.choices(UNREACHED, k=chance.randrange(60)))
    runs = scheduler(records, clock, phones, rules)
    rung: list[datetime] = []
    while (await records.callbacks.get(promised.callback_id)).status is CallbackStatus.WAITING:
        await to_its_time(records, clock, promised.callback_id)
        before = len(phones.rung)
        await runs.run_once()
        rung += [clock.now] * (len(phones.rung) - before)
    for moment in rung:
        assert window.starts_at <= moment <= window.ends_at
        assert allows(rules.hours, moment)
    ended = await records.callbacks.get(promised.callback_id)
    assert ended.ended_at is not None
    assert ended.ended_at <= max(window.ends_at, promised.requested_at)
    assert ended.attempts <= rules.max_attempts
    if ended.status is CallbackStatus.KEPT:
        return
    assert ended.status is CallbackStatus.GIVEN_UP
    assert ended.case is not None
    case = await records.cases.details(ended.case)
    assert case.owner
    assert case.deadline is not None
    (message,) = await records.messages.about(str(promised.callback_id))
    assert message.recipient == "+30" + NUMBER
    assert ended.case in message.text


@dataclass
class Campaigning:
    """A campaign run by hand on a clock that stands still until told."""

    records: Records
    clock: StoppedClock
    chance: random.Random
    rung: list[tuple[datetime, RingPerson]] = field(default_factory=list)
    going_on: list[tuple[datetime, RingPerson]] = field(default_factory=list)
    most_at_once: int = 0

    async def run(self) -> None:
        """To its end."""
        (work,) = await self.records.work.claim([RUN], 1, timedelta(minutes=1))
        for _ in range(2000):
            step = await self.records.campaign_runs.begin_next(work)
            if isinstance(step, Over):
                return
            if isinstance(step, Wait):
                await self._wait(step.until)
                continue
            assert await self.records.campaign_runs.may_ring(work, step)
            self.rung.append((self.clock.now, step))
            lasts = timedelta(seconds=self.chance.randrange(5, 200))
            self.going_on.append((self.clock.now + lasts, step))
            self.most_at_once = max(self.most_at_once, len(self.going_on))
        raise AssertionError("it does not come to an end")

    async def _wait(self, until: datetime) -> None:
        ends = min((at for at, _ in self.going_on), default=until)
        # Asked again while calls go on: the next call to end is what it waits for.
        self.clock.now = ends if self.going_on and until < ends else min(until, ends)
        for at, ring in [one for one in self.going_on if one[0] <= self.clock.now]:
            self.going_on.remove((at, ring))
            reached = self.chance.random() < 0.5
            result = AttemptResult.CONNECTED if reached else AttemptResult.NO_ANSWER
            outcome = PersonOutcome.INFORMED if reached else None
            await self.records.campaign_runs.end_person(ring, result, outcome)


@pytest.mark.parametrize("seed", range(4))
async def test_a_campaign_keeps_hours_and_pace(
    records: Records, clock: StoppedClock, seed: int
) -> None:
    chance = random.Random(seed)
    clock.now = FIRST + timedelta(minutes=chance.randrange(4 * 24 * 60))
    new = NewCampaign(
        name="δοκιμή",
        message_key="m",
        text="Γεια.",
        hours=_some_hours(chance),
        calls_per_minute=chance.choice([0.1, 1, 6]),
        concurrent=chance.randrange(1, 4),
        max_attempts=chance.randrange(1, 4),
        pause_minutes=chance.choice([1, 90]),
    )
    people = [NewPerson(f"+3069451230{number:02d}") for number in range(8)]
    await records.campaigns.create(new, people, who="test")
    running = Campaigning(records, clock, chance)
    await running.run()
    for moment, _ in running.rung:
        assert allows(new.hours, moment)
    apart = timedelta(minutes=1 / new.calls_per_minute) - timedelta(milliseconds=1)
    for (sooner, _), (later, _) in zip(running.rung, running.rung[1:], strict=False):
        assert later - sooner >= apart
    assert running.most_at_once <= new.concurrent
    for person in people:
        own = [moment for moment, ring in running.rung if ring.number == person.number]
        assert 1 <= len(own) <= new.max_attempts
        for sooner, later in pairwise(own):
            assert later - sooner >= timedelta(minutes=new.pause_minutes)
    progress = await records.campaigns.progress("δοκιμή")
    assert progress.left == 0
    assert progress.attempts == len(running.rung)


def test_hours_that_allow_nothing_give_a_reason() -> None:
    never = Hours(opens=time(9), closes=time(12), quiet=((time(8), time(13)),))
    now = utc_now()
    tried = Tried("+30" + NUMBER, Window(now, now + timedelta(days=1)))
    assert "allow no moment" in str(next_moment(tried, DialRules(never), now))
