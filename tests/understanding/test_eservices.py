"""The directory of electronic services: its rules, and that callers find what they ask for."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import date
from pathlib import Path

import pytest

from voicebot.settings import ROOT
from voicebot.understanding.eservices import Listed, asks_electronically
from voicebot.understanding.knowledge import Knowledge, check, load_knowledge
from voicebot.understanding.knowledge_file import SCHEMAS, model_schema

TODAY = date(2026, 11, 24)
SERVICE = """\
agency: EFKA
services:
- id: efka.clearance
  name: Ασφαλιστική ενημερότητα
  called:
  - ασφαλιστική ενημερότητα
  - ενημερότητα του ΕΦΚΑ
  does: Εκδίδετε ενημερότητα.
  where: Είναι στο gov.gr.
  needs: Χρειάζεστε κωδικούς.
  without_codes: Σας βοηθά ένα ΚΕΠ.
  link: https://www.gov.gr
  topic: E10
  source: a page
  checked_on: 2026-11-24
  confidence: A
"""


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return load_knowledge(ROOT / "intents")


def folder_with(tmp_path: Path, services: str) -> Path:
    for path in (ROOT / "intents").glob("*.yaml"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / "services").mkdir()
    (tmp_path / "services" / "efka.yaml").write_text(services, encoding="utf-8")
    return tmp_path


def test_a_right_file_has_no_problems(tmp_path: Path) -> None:
    assert check(folder_with(tmp_path, SERVICE)) == []


@pytest.mark.parametrize(
    ("wrong", "right", "told"),
    [
        ("confidence: A", "confidence: D", "efka.yaml:16: efka.clearance.confidence"),
        ("  does: Εκδίδετε ενημερότητα.\n", "", "the field 'does' is missing → add does:"),
        ("link:", "lnk:", "did you mean link?"),
        ("topic: E10", "topic: E99", "no entry has the topic E99"),
        ("topic: E10", "topic: ten", "not a topic code"),
        (
            "Σας βοηθά ένα ΚΕΠ.",
            "Ρωτήστε. Σε ΚΕΠ.",
            "efka.clearance.without_codes: not one sentence",
        ),
        ("Εκδίδετε ενημερότητα.", f"{'Εκδίδετε ' * 60}.", "more than twenty seconds"),
        ("2026-11-24", "yesterday", "write the date as 2026-11-24"),
    ],
)
def test_mistakes_name_file_line_field_and_mend(
    tmp_path: Path, wrong: str, right: str, told: str
) -> None:
    problems = check(folder_with(tmp_path, SERVICE.replace(wrong, right)))
    assert any(told in str(problem) for problem in problems), problems


def test_an_id_stands_once(tmp_path: Path) -> None:
    twice = SERVICE + SERVICE.split("services:\n")[1]
    [problem] = check(folder_with(tmp_path, twice))
    assert "the id is already taken at" in str(problem)


def test_what_is_unconfirmed_or_old_is_not_told(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, SERVICE.replace("confidence: A", "confidence: C"))
    unconfirmed = load_knowledge(folder)
    [listed] = unconfirmed.eservices
    assert not listed.service.speakable(TODAY)
    assert "efka.clearance" in {one.entry for one in unconfirmed.stale(TODAY)}

    (folder / "services" / "efka.yaml").write_text(SERVICE, encoding="utf-8")
    [listed] = load_knowledge(folder).eservices
    assert listed.service.speakable(TODAY)
    assert not listed.service.speakable(date(2027, 11, 25))


def test_every_name_finds_its_service(knowledge: Knowledge) -> None:
    lost = [
        (name, found and found.service.id)
        for one in knowledge.eservices
        for name in (one.service.name, *one.service.called)
        if (found := knowledge.eservices.find(f"πώς βγάζω ηλεκτρονικά {name}")) is not one
    ]
    assert lost == []


def test_no_two_services_share_a_name(knowledge: Knowledge) -> None:
    by_name: dict[str, list[str]] = defaultdict(list)
    for one in knowledge.eservices:
        for name in one.service.called:
            by_name[name.lower()].append(one.service.id)
    assert {name: ids for name, ids in by_name.items() if len(ids) > 1} == {}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("πώς βγάζω ηλεκτρονικά ασφαλιστική ενημερότητα για την επιχείρηση", "efka.clearance"),
        ("γίνεται ονλάιν η ανανέωση της κάρτας ανεργίας μου", "dypa.renewal"),
        ("πού βλέπω στο ίντερνετ τα ένσημά μου", "efka.insurance_account"),
        ("θέλω από τον υπολογιστή να κάνω την αίτηση για το επίδομα παιδιού", "opeka.child"),
        ("τα έξοδα της κηδείας ζητιούνται ηλεκτρονικά", "efka.funeral"),
        ("με το κινητό πώς κάνω καταγγελία στην επιθεώρηση εργασίας", "labour.complaint"),
        ("πώς μπαίνω στην εφαρμογή μάι εργάνη", "labour.myergani"),
        ("τι καιρό θα κάνει", None),
        ("πώς πληρώνω ηλεκτρονικά το ρεύμα", None),
    ],
)
def test_callers_find_it(knowledge: Knowledge, text: str, found: str | None) -> None:
    listed: Listed | None = knowledge.eservices.find(text)
    assert (listed and listed.service.id) == found


def test_topics_decide_between_names_heard_alike(knowledge: Knowledge) -> None:
    pension = knowledge.eservices.find("ηλεκτρονικά η αίτηση σύνταξης", ["E01"])
    assert pension is not None
    assert pension.service.id == "efka.pension_application"


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("πώς βγάζω ηλεκτρονικά την ενημερότητα", True),
        ("γίνεται από το σπίτι", True),
        ("έχω κωδικούς ταξισνετ τι κάνω", True),
        ("πότε μπαίνουν οι συντάξεις", False),
        ("δουλεύω σε σπίτι", False),
    ],
)
def test_asking_for_the_electronic_way(text: str, asks: bool) -> None:
    assert asks_electronically(text) is asks


def test_what_is_spoken_is_short(knowledge: Knowledge) -> None:
    for one in knowledge.eservices:
        assert len(one.service.spoken.split()) <= 55, one.service.id


@pytest.mark.parametrize("kind", SCHEMAS)
def test_the_schemas_for_editors_are_current(kind: str) -> None:
    written = json.loads((ROOT / "intents" / "schema" / f"{kind}.json").read_text("utf-8"))
    assert written == model_schema(kind), "write them again: voicebot knowledge schema"
