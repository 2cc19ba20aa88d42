"""The table of deadlines: which rule holds, and how it is read from a file."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from tests.records.conftest import StoppedClock
from voicebot.records import ATHENS, Agency, InvalidRecord, Records
from voicebot.records.case_clock import Counting
from voicebot.records.deadline_files import default_deadlines, read_deadlines, written
from voicebot.records.deadlines import DeadlineRule, Unit, rule_for

GENERAL = """rules:
- {agency: "*", topic: "*", level: 1, working_days: 1, basis: target}
- {agency: "*", topic: "*", level: 2, working_days: 4, basis: target}
- {agency: "*", topic: "*", level: 3, days: 30, from: opening, basis: target}
"""


async def rule(records: Records, agency: Agency, topic: str | None, level: int) -> DeadlineRule:
    return await records._database.read(lambda session: rule_for(session, agency, topic, level))


async def test_known_legal_limits_are_defaults(records: Records) -> None:
    rules = await records.deadlines.rules()
    assert {(one.agency, one.topic, one.level) for one in rules} == {
        (one.agency, one.topic, one.level) for one in default_deadlines()
    }
    assert all(one.is_default for one in rules)
    general = await rule(records, Agency.OPEKA, "O01", 3)
    assert (general.amount, general.unit, general.from_opening) == (50, Unit.DAYS, True)
    assert "2690/1999" in general.basis
    for agency, topic, months in (
        (Agency.EFKA, "E01", 3),
        (Agency.EFKA, "E23", 3),
        (Agency.EFKA, "E27", 6),
        (Agency.EFKA, "E28", 3),
        (Agency.DYPA, "D03", 3),
        (Agency.LABOUR, "W10", 1),
    ):
        found = await rule(records, agency, topic, 3)
        assert (found.amount, found.unit) == (months, Unit.MONTHS)
    card = await rule(records, Agency.EFKA, "E15", 3)
    assert (card.amount, card.counting) == (10, Counting.WORKING)


async def test_topic_goes_before_agency_before_all(records: Records, tmp_path: Path) -> None:
    file = tmp_path / "deadlines.yaml"
    file.write_text(
        GENERAL
        + '- {agency: DYPA, topic: "*", level: 2, days: 7, basis: agency}\n'
        + '- {agency: "*", topic: D03, level: 2, days: 8, basis: topic}\n'
        + "- {agency: DYPA, topic: D03, level: 2, days: 9, basis: both}\n"
    )
    await records.deadlines.replace(read_deadlines(file), "person:maria")
    for agency, topic, amount in (
        (Agency.EFKA, "E01", 4),
        (Agency.DYPA, "D01", 7),
        (Agency.EFKA, "D03", 8),
        (Agency.DYPA, "D03", 9),
        (Agency.DYPA, None, 7),
    ):
        assert (await rule(records, agency, topic, 2)).amount == amount
    assert not any(one.is_default for one in await records.deadlines.rules())
    (link,) = await records.audit.about("deadline_rules")
    assert (link.who, link.what) == ("person:maria", "deadlines.replaced")


async def test_what_earlier_levels_took_counts_for_a_limit_from_the_opening(
    records: Records, clock: StoppedClock, tmp_path: Path
) -> None:
    file = tmp_path / "deadlines.yaml"
    file.write_text(GENERAL)
    await records.deadlines.replace(read_deadlines(file), "person:maria")
    number = await records.cases.open(Agency.EFKA, "E01", "σύνταξη")
    clock.forward(days=2)
    await records.cases.pause(number, "person:maria", "λείπει έγγραφο")
    clock.forward(days=10)
    await records.cases.resume(number, "person:maria")
    clock.forward(days=3)
    await records.cases.escalate(number, "person:maria", "για την υπηρεσία")
    case = await records.cases.details(number)
    # 24 November and 30 days, and the ten of the pause: 3 January, a Sunday.
    assert case.deadline == datetime(2027, 1, 5, tzinfo=ATHENS)


def test_months_are_those_of_the_calendar() -> None:
    months = DeadlineRule("*", "*", 3, 3, Unit.MONTHS, True, "x")
    opened = datetime(2026, 11, 30, 9, tzinfo=ATHENS)
    deadline = months.clock(opened, opened, 0.0).deadline
    # 28 February is a Sunday.
    assert deadline == datetime(2027, 3, 2, tzinfo=ATHENS)


def test_csv_and_yaml_say_the_same(tmp_path: Path) -> None:
    yaml_file, csv_file = tmp_path / "d.yaml", tmp_path / "d.csv"
    yaml_file.write_text(GENERAL)
    csv_file.write_text(
        "agency,topic,level,working_days,days,months,from,basis\n"
        "*,*,1,1,,,,target\n*,*,2,4,,,,target\n*,*,3,,30,,opening,target\n",
        encoding="utf-8-sig",
    )
    assert read_deadlines(yaml_file) == read_deadlines(csv_file)


def test_what_is_written_can_be_read(tmp_path: Path) -> None:
    file = tmp_path / "deadlines.yaml"
    file.write_text(written(default_deadlines()))
    assert [vars(rule) for rule in read_deadlines(file)] == [
        {**vars(rule), "is_default": False} for rule in default_deadlines()
    ]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("rules: {}", "write a list under rules"),
        ("rules: [", "not YAML"),
        (GENERAL.replace("level: 2", "level: 7"), r"rule 2: level: .*\(got 7\)"),
        (GENERAL.replace("working_days: 4", "working_day: 4"), "rule 2: working_day: Extra"),
        (GENERAL.replace("working_days: 4, ", ""), "rule 2: give one of working_days"),
        (GENERAL.replace("days: 30, from", "working_days: 30, from"), "needs days or months"),
        (GENERAL.replace('agency: "*", topic: "*", level: 3', "agency: IKA, topic: E01, level: 3"),
         r"rule 3: agency: .*\(got 'IKA'\)"),
        (GENERAL.replace('topic: "*", level: 3', "topic: E01, level: 3"), "level 3 has no rule"),
        (GENERAL + GENERAL.partition("\n")[2], r"rule 4: a second rule for \* \* 1"),
    ],
)  # fmt: skip
def test_mistakes_are_named(tmp_path: Path, text: str, problem: str) -> None:
    file = tmp_path / "deadlines.yaml"
    file.write_text(text)
    with pytest.raises(InvalidRecord, match=problem) as caught:
        read_deadlines(file)
    assert str(file) in str(caught.value)


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(InvalidRecord, match="No such file"):
        read_deadlines(tmp_path / "missing.yaml")
    short = tmp_path / "d.csv"
    short.write_text("agency,topic,level,working_days,basis\n*,*,1,1\n")
    with pytest.raises(InvalidRecord, match="line 2"):
        read_deadlines(short)
