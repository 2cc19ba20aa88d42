"""What a simulated month is made of: when people ring, what for, and what becomes of it."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TypeVar

from voicebot.records.schedule import is_working_day
from voicebot.records.types import ATHENS, Agency, Outcome

T = TypeVar("T")

# Calls by agency as the ministry counted them until March 2023: 71, 14, 11, 3 and 1 per cent.
AGENCIES = (
    (Agency.EFKA, 71),
    (Agency.DYPA, 14),
    (Agency.OPEKA, 11),
    (Agency.LABOUR, 3),
    (Agency.TEKA, 1),
)
TOPICS = {
    Agency.EFKA: ("E01", "E02", "E09", "E14", "E16", "E20", "E28"),
    Agency.DYPA: ("D01", "D02", "D03", "D08"),
    Agency.OPEKA: ("O01", "O02", "O04"),
    Agency.LABOUR: ("W02", "W05", "W10", "W12"),
    Agency.TEKA: ("T01",),
}
# How calls end, in per cent. Some 15 of 100 went beyond the first level at the launch of 1555
# (cases and handed over here); the rest is assumed.
OUTCOMES = (
    (Outcome.ANSWERED, 70),
    (Outcome.HANDED_OVER, 7),
    (Outcome.CASE, 8),
    (Outcome.CALLBACK, 5),
    (Outcome.APPOINTMENT, 5),
    (Outcome.ABANDONED, 5),
)
# Calls of one hour, of 1000 a day; round the clock, most in the morning.
_HOURS = (
    2,
    1,
    1,
    1,
    2,
    4,
    12,
    35,
    95,
    125,
    130,
    115,
    100,
    85,
    65,
    50,
    42,
    38,
    32,
    25,
    18,
    11,
    7,
    4,
)
_WEEKEND = 0.35


@dataclass(frozen=True)
class PlannedCall:
    """One call that will be made."""

    number: int
    at: datetime
    agency: Agency
    topic: str
    outcome: Outcome

    @property
    def call_id(self) -> str:
        """Its name on record."""
        return f"month-{self.number}"

    @property
    def mobile(self) -> str:
        """A telephone of its own."""
        return f"69{self.number % 10**8:08d}"


def plan(
    first: date, days: int, calls_a_day: int, chance: random.Random
) -> Iterator[tuple[datetime, list[PlannedCall]]]:
    """Every hour of the month with its calls. On working days `calls_a_day` come in the mean of a
    week, so that a whole week has seven times as many."""
    number = 0
    # Five working days and two at the weekend must make seven of the mean.
    full = 7 * calls_a_day / (5 + 2 * _WEEKEND)
    for offset in range(days):
        day = first + timedelta(days=offset)
        today = full if is_working_day(day) else full * _WEEKEND
        for hour, share in enumerate(_HOURS):
            begins = datetime.combine(day, time(hour), ATHENS)
            count = _rounded(today * share / sum(_HOURS), chance)
            calls = []
            for index in range(count):
                agency = _drawn(AGENCIES, chance)
                calls.append(
                    PlannedCall(
                        number + index,
                        begins + timedelta(hours=1) * index / count,
                        agency,
                        chance.choice(TOPICS[agency]),
                        _drawn(OUTCOMES, chance),
                    )
                )
            number += count
            yield begins, calls


def _drawn(weighted: tuple[tuple[T, int], ...], chance: random.Random) -> T:
    return chance.choices([value for value, _ in weighted], [weight for _, weight in weighted])[0]


def _rounded(number: float, chance: random.Random) -> int:
    """Up or down by chance, so that the mean stays."""
    whole = int(number)
    return whole + (chance.random() < number - whole)
