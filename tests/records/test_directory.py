"""Importing and exporting the directory of branches."""

from __future__ import annotations

from datetime import date, time
from pathlib import Path

import pytest

from tests.records.conftest import StoppedClock
from voicebot.records import (
    Agency,
    DateRange,
    Person,
    Records,
    Slot,
    SlotTaken,
    TimeRange,
    VisitChannel,
)
from voicebot.records.directory_file import DirectoryError, read_directory

YAML = """\
version: 1
categories:
- {agency: EFKA, code: pensions_award, title: Απονομή σύνταξης, channels: [in_person, video],
   slot_minutes: 30, earliest_days: 0, window_days: 5, notice_hours: 24,
   asks: [name, afm, amka, mobile, birthdate]}
- {agency: EFKA, code: employers, title: Εργοδότες, channels: [in_person], slot_minutes: 60}
branches:
- agency: EFKA
  code: EFKA-KERKYRA
  name: e-ΕΦΚΑ Κέρκυρας
  place: Κέρκυρα
  region: Ιόνια Νησιά
  channels: [in_person]
  hours: "mon-thu 08:00-12:00 13:00-15:00; fri 08:00-10:00"
  desks: 2
  feasts: ["11-25", "easter+50"]
- {agency: EFKA, code: EFKA-VIDEO, name: myEFKAlive, channels: [video], hours: "08:00-09:00"}
exceptions:
- {branch: EFKA-KERKYRA, category: employers, offered: false}
- {branch: EFKA-VIDEO, category: pensions_award, slot_minutes: 20, capacity: 1}
closures:
- {branch: EFKA-KERKYRA, from: 2026-11-26, to: 2026-11-27, reason: μετακόμιση}
"""

BRANCHES_CSV = """\
agency;code;name;place;region;channels;hours;desks;feasts
EFKA;EFKA-VOLOS;e-ΕΦΚΑ Βόλου;Βόλος;Θεσσαλία;in_person;mon-fri 08:00-10:00;1;12-06
EFKA;EFKA-TV;myEFKAlive;;;video;mon-fri 08:00-10:00;;
"""

CATEGORIES_CSV = """\
agency,code,title,channels,slot_minutes,asks
EFKA,debts_keao,"Οφειλές, ΚΕΑΟ","in_person, video",60,"name, mobile"
"""


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


async def import_text(records: Records, folder: Path, text: str, **how: bool) -> object:
    return await records.directory.replace([write(folder, "branches.yaml", text)], **how)


async def slots_of(records: Records, category: str, **wishes: object) -> list[str]:
    found = await records.appointments.find_slots(
        Agency.EFKA,
        category,
        **{"limit": 1000, **wishes},  # type: ignore[arg-type]
    )
    return [f"{slot.starts_at:%m-%d %H:%M}" for slot in found]


async def test_rules_in_a_file_are_the_rules_of_the_book(
    records: Records, tmp_path: Path, clock: StoppedClock
) -> None:
    await import_text(records, tmp_path, YAML)
    kinds = await records.appointments.categories(Agency.EFKA)
    assert [kind.code for kind in kinds] == ["pensions_award", "employers"]
    assert kinds[0].asks == ("name", "afm", "amka", "mobile", "birthdate")
    # Today is open until three, with a break; then the feast, the closure, and the window is over.
    today = await slots_of(records, "pensions_award", place="Κέρκυρα")
    assert today[:4] == ["11-24 10:30", "11-24 11:00", "11-24 11:30", "11-24 13:00"]
    assert {moment[:5] for moment in today} == {"11-24"}
    assert await slots_of(records, "employers", place="Κέρκυρα") == []
    video = await slots_of(records, "pensions_award", channel=VisitChannel.VIDEO)
    assert video[:3] == ["11-25 08:00", "11-25 08:20", "11-25 08:40"]
    assert video[-1] == "11-27 08:40"


async def test_demonstration_branches_go_when_there_are_others(
    records: Records, slot: Slot, tmp_path: Path
) -> None:
    booked = await records.appointments.book(
        await records.appointments.hold(slot, "call"),
        Person("Άννα Ιωάννου", "094019245", "6945123456"),
    )
    await records.start_call("holding", None)
    other = (await records.appointments.find_slots(Agency.EFKA, "employers", place="Πάτρα"))[0]
    held = await records.appointments.hold(other, "holding")
    done = await import_text(records, tmp_path, YAML)
    assert done.retired == (slot.branch.code,)  # type: ignore[attr-defined]
    assert done.demo_removed > 100  # type: ignore[attr-defined]
    for agency in Agency:
        assert not any(branch.demo for branch in await records.appointments.branches(agency))
    assert await records.appointments.categories(Agency.KEP) == ()
    # What was promised stands; what was merely held does not.
    assert (await records.appointments.find(booked.number)).slot.branch == slot.branch
    with pytest.raises(SlotTaken):
        await records.appointments.book(held, Person("Άννα", "094019245", "6945123456"))
    with pytest.raises(SlotTaken):
        await records.appointments.hold(slot, "holding")


async def test_demonstration_data_do_not_come_back(
    records: Records, filled_url: str, tmp_path: Path
) -> None:
    await import_text(records, tmp_path, YAML)
    again = await Records.open(filled_url, instance="again")
    try:
        assert len(await again.appointments.branches(Agency.EFKA)) == 2
    finally:
        await again.close()


async def test_a_dry_run_changes_nothing(records: Records, tmp_path: Path) -> None:
    before = await records.directory.export()
    done = await import_text(records, tmp_path, YAML, dry_run=True)
    assert (done.categories, done.branches) == (2, 2)  # type: ignore[attr-defined]
    assert await records.directory.export() == before


async def test_what_is_exported_imports_to_the_same(records: Records, tmp_path: Path) -> None:
    demo = await records.directory.export()
    await import_text(records, tmp_path, demo)
    assert await records.directory.export() == demo
    await import_text(records, tmp_path, YAML)
    ours = await records.directory.export()
    assert "demo" not in ours
    assert "2026-11-27" in ours
    await import_text(records, tmp_path, ours)
    assert await records.directory.export() == ours


async def test_tables_of_a_spreadsheet_are_taken_together(records: Records, tmp_path: Path) -> None:
    files = [
        write(tmp_path, "υποκαταστήματα.csv", "\ufeff" + BRANCHES_CSV),
        write(tmp_path, "categories.csv", CATEGORIES_CSV),
    ]
    await records.directory.replace(files)
    kinds = await records.appointments.categories(Agency.EFKA)
    assert [(kind.title, kind.asks) for kind in kinds] == [("Οφειλές, ΚΕΑΟ", ("name", "mobile"))]
    found = await slots_of(
        records,
        "debts_keao",
        place="ΒΟΛΟΣ",
        days=DateRange(date(2026, 12, 4), date(2026, 12, 8)),
        times=TimeRange(time(9), time(9)),
    )
    assert found == ["12-04 09:00", "12-07 09:00", "12-08 09:00"]


async def test_new_branches_need_categories(records: Records, tmp_path: Path) -> None:
    text = BRANCHES_CSV.replace("EFKA", "TEKA")
    with pytest.raises(DirectoryError, match=r"b\.csv:2: agency: TEKA has no categories →"):
        await records.directory.replace([write(tmp_path, "b.csv", text)])
    assert len(await records.appointments.branches(Agency.EFKA)) > 100


MISTAKES = [
    ("agency: EFKA, code: employers", "agency: IKA, code: employers", 6, "categories.1.agency"),
    ("slot_minutes: 60", "slot_minutes: 0", 6, "categories.1.slot_minutes"),
    ("slot_minutes: 60", "slot_minutes: 60, minutes: 60", 6, "categories.1.minutes"),
    ("fri 08:00-10:00", "fri 10:00-08:00", 14, "branches.0.hours"),
    ('"easter+50"', '"christmas"', 16, "branches.0.feasts.1"),
    ("  place: Κέρκυρα\n", "", 8, "branches.0"),
    ("code: EFKA-VIDEO", "code: EFKA-KERKYRA", 17, "code"),
    ("category: employers", "category: nothing", 19, "category"),
    ("branch: EFKA-VIDEO", "branch: EFKA-GONE", 20, "branch"),
    ("to: 2026-11-27", "to: 2026-11-01", 22, "closures.0"),
    ("amka, mobile, birthdate", "amka, birthdate", 3, "categories.0"),
    ("version: 1", "version: [1", 2, "file"),
    ("version: 1\n", "", 1, "version"),
]


@pytest.mark.parametrize(("right", "wrong", "line", "field"), MISTAKES)
async def test_every_mistake_is_named_with_its_line_and_mend(
    records: Records, tmp_path: Path, right: str, wrong: str, line: int, field: str
) -> None:
    assert right in YAML
    path = write(tmp_path, "mine.yaml", YAML.replace(right, wrong))
    before = await records.directory.export()
    with pytest.raises(DirectoryError) as caught:
        await records.directory.replace([path])
    problem = caught.value.problems[0]
    assert (problem.line, problem.field) == (line, field), str(problem)
    assert problem.mend
    assert f"{path}:{line}: " in str(caught.value)
    assert await records.directory.export() == before


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("town,street\nΒόλος,1", "1: header"),
        (BRANCHES_CSV.replace("08:00-10:00;1;", "08:00-10:00;many;"), "2: desks"),
        (BRANCHES_CSV.replace("EFKA-TV;", ""), "3: row"),
        (BRANCHES_CSV.replace("in_person", "by post"), "2: channels"),
    ],
)
def test_mistakes_in_tables(tmp_path: Path, text: str, where: str) -> None:
    path = write(tmp_path, "b.csv", text)
    with pytest.raises(DirectoryError) as caught:
        read_directory([path])
    assert f"b.csv:{where}" in str(caught.value), str(caught.value)


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    latin = tmp_path / "latin.csv"
    latin.write_bytes("κωδικός".encode("iso8859-7"))
    with pytest.raises(DirectoryError, match="save it as UTF-8") as caught:
        read_directory([latin, tmp_path / "none.yaml"])
    assert len(caught.value.problems) == 2
