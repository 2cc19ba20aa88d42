"""The files of intents/: what is checked, what is spoken, what has aged."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from voicebot.understanding.knowledge import Knowledge, KnowledgeError, check, load_knowledge
from voicebot.understanding.knowledge_checks import MAX_SENTENCES
from voicebot.understanding.knowledge_schema import PLACEHOLDER, Figure, Unit

TODAY = date(2026, 11, 24)

EXAMPLES = "".join(f"  - παράδειγμα νούμερο {word}\n" for word in "αβγδεζηθικλμνξο")
GOOD = f"""\
agency: EFKA
entries:
- id: efka.thing
  topic: E01
  title: το πράγμα
  examples:
{EXAMPLES}\
  answer: Δίνονται {{amount}} τον μήνα.
  answer_without_figures: Το ποσό δεν το έχω επιβεβαιωμένο.
  figures:
    amount:
      value: 18.5
      unit: euro
      valid_from: 2026-01-01
      valid_until: 2026-12-31
      source: example.gr
      checked_on: 2026-11-24
      confidence: B
  sources: [example.gr]
"""


def write(folder: Path, text: str, name: str = "efka.yaml") -> Path:
    (folder / name).write_text(text, encoding="utf-8")
    return folder


def only_problem(folder: Path) -> str:
    problems = check(folder)
    assert len(problems) == 1, [str(problem) for problem in problems]
    return str(problems[0])


def test_the_shipped_knowledge_has_no_mistakes(knowledge: Knowledge) -> None:
    assert len(knowledge) > 100
    topics = [topic for topic in knowledge.by_topic if topic[1:].isdigit()]
    assert len(topics) >= 80
    agencies = {entry.agency for entry in knowledge}
    assert {"EFKA", "DYPA", "OPEKA", "LABOUR", "TEKA", "KEP", "GENERAL"} <= agencies


def test_a_good_file_loads(tmp_path: Path) -> None:
    loaded = load_knowledge(write(tmp_path, GOOD))
    entry = loaded.entry("efka.thing")
    assert entry.agency == "EFKA"
    assert loaded.by_topic["E01"] == (entry,)
    assert list(loaded) == [entry]
    assert "efka.thing" in loaded
    assert "efka.other" not in loaded


@pytest.mark.parametrize(
    ("old", "new", "line", "field", "words"),
    [
        ("topic: E01", "topic: X1", 4, "efka.thing.topic", "neither a topic code"),
        ("title:", "titel:", 5, "efka.thing.titel", "did you mean title?"),
        ("unit: euro", "unit: euros", 27, "unit", "'euro'"),
        ("valid_from: 2026-01-01", "valid_from: Γενάρης", 28, "valid_from", "2026-11-24"),
        ("{amount} τον", "{amuont} τον", 22, "answer", "not among the figures"),
        ("Δίνονται {amount}", "Δίνονται {amount} και 5", 22, "answer", "number stands"),
        ("source: example.gr", "source:", 30, "source", "valid string"),
        ("agency: EFKA", "agency: IKA", 1, "agency", "'EFKA'"),
        ("  sources: [example.gr]\n", "", 3, "sources", "no source"),
        ("  title: το πράγμα\n", "", 3, "efka.thing", "'title' is missing"),
        ("2026-12-31", "2025-12-31", 25, "figures.amount", "valid_from is after valid_until"),
        ("sources: [example.gr]", "sources: [example.gr", 34, "", "not YAML"),
        (
            "  sources:",
            "  patterns: ['(α|β']\n  sources:",
            33,
            "patterns.0",
            ") is missing",
        ),
    ],
)
def test_a_mistake_is_named_with_its_line_field_and_mend(
    tmp_path: Path, old: str, new: str, line: int, field: str, words: str
) -> None:
    assert old in GOOD
    problems = check(write(tmp_path, GOOD.replace(old, new)))
    found = [str(problem) for problem in problems]
    assert any(
        text.startswith(f"{tmp_path / 'efka.yaml'}:{line}:") and field in text and words in text
        for text in found
    ), found
    assert all(" → " in text for text in found)
    with pytest.raises(KnowledgeError, match=r"efka\.yaml"):
        load_knowledge(tmp_path)


def test_a_field_written_twice_is_a_mistake(tmp_path: Path) -> None:
    twice = GOOD.replace("  title: το πράγμα\n", "  title: το πράγμα\n  title: άλλο\n")
    assert "twice" in only_problem(write(tmp_path, twice))


def test_an_unknown_neighbour_is_a_mistake(tmp_path: Path) -> None:
    confusable = "  confusable_with:\n  - {entry: efka.gone, question: Ποιο από τα δύο;}\n"
    assert "no entry 'efka.gone'" in only_problem(write(tmp_path, GOOD + confusable))


def test_two_entries_cannot_share_an_example_or_an_id(tmp_path: Path) -> None:
    write(tmp_path, GOOD)
    write(tmp_path, GOOD.replace("EFKA", "DYPA"), "dypa.yaml")
    found = "\n".join(str(problem) for problem in check(tmp_path))
    assert "already taken" in found
    assert "is also an example of" in found


def test_too_few_examples_and_too_long_answers_are_mistakes(tmp_path: Path) -> None:
    short = GOOD.replace("  - παράδειγμα νούμερο ο\n", "")
    assert "only 14 examples" in only_problem(write(tmp_path, short))
    long = GOOD.replace("Το ποσό δεν το έχω επιβεβαιωμένο.", "Ναι. Όχι. Ίσως. Μπορεί.")
    assert "4 sentences" in only_problem(write(tmp_path, long))


def test_an_empty_folder_says_where_to_point(tmp_path: Path) -> None:
    assert "understanding.intents" in only_problem(tmp_path)


def test_yes_and_no_are_labels_not_truth_values(knowledge: Knowledge) -> None:
    assert knowledge.by_topic["YES"]
    assert knowledge.by_topic["NO"]


def figure(**changes: object) -> Figure:
    fields: dict[str, object] = {
        "value": 880,
        "unit": "euro",
        "source": "example.gr",
        "checked_on": "2026-11-24",
        "confidence": "B",
    }
    return Figure.model_validate(fields | changes)


@pytest.mark.parametrize(
    ("changes", "day", "speakable"),
    [
        ({"valid_until": "2026-11-24"}, TODAY, True),
        ({"valid_until": "2026-11-23"}, TODAY, False),
        ({"valid_from": "2026-11-24"}, TODAY, True),
        ({"valid_from": "2026-11-25"}, TODAY, False),
        ({"confidence": "C"}, TODAY, False),
        ({"confidence": "A"}, TODAY, True),
        ({}, date(2027, 11, 24), True),
        ({}, date(2027, 11, 25), False),
        ({"valid_until": "2030-01-01"}, date(2028, 1, 1), False),
    ],
)
def test_when_a_figure_may_be_spoken(
    changes: dict[str, object], day: date, speakable: bool
) -> None:
    assert figure(**changes).speakable(day) is speakable


@pytest.mark.parametrize(
    ("value", "unit", "written"),
    [
        (880, "euro", "880 ευρώ"),
        (39.3, "euro", "39,30 ευρώ"),
        (7761.94, "euro", "7.761,94 ευρώ"),
        (2.4, "percent", "2,4%"),
        (70, "percent", "70%"),
        (2400, "number", "2.400"),
        ("2026-12-21", "date", "21 Δεκεμβρίου 2026"),
        ("15900", "phone", "1 5 9 0 0"),
        ("τρεις", "text", "τρεις"),
    ],
)
def test_how_a_figure_is_written(value: object, unit: str, written: str) -> None:
    if unit == Unit.DATE:
        value = date.fromisoformat(str(value))
    assert figure(value=value, unit=unit).written() == written


def test_an_aged_figure_leaves_the_answer(tmp_path: Path) -> None:
    entry = load_knowledge(write(tmp_path, GOOD)).entry("efka.thing")
    assert entry.spoken_answer(TODAY) == "Δίνονται 18,50 ευρώ τον μήνα."
    assert entry.spoken_answer(date(2027, 1, 1)) == "Το ποσό δεν το έχω επιβεβαιωμένο."


def test_the_minimum_wage_of_last_year_is_not_spoken(knowledge: Knowledge) -> None:
    spoken = knowledge.entry("labour.minimum_wage").spoken_answer(TODAY)
    assert "880" not in spoken
    assert "επιβεβαιωμένο" in spoken


def test_every_answer_can_be_spoken_now_and_in_ten_years(knowledge: Knowledge) -> None:
    for entry in knowledge:
        for day in (TODAY, date(2036, 11, 24)):
            spoken = entry.spoken_answer(day)
            assert not PLACEHOLDER.search(spoken), entry.id
            if entry.is_question:
                assert spoken, entry.id
                assert spoken.count(". ") < MAX_SENTENCES, entry.id
            assert not PLACEHOLDER.search(entry.written_answer(day)), entry.id


def test_no_figure_of_today_is_spoken_in_ten_years(knowledge: Knowledge) -> None:
    for entry in knowledge:
        spoken = entry.spoken_answer(date(2036, 11, 24))
        for value in entry.figures.values():
            if any(letter.isdigit() for letter in value.written()):
                assert value.written() not in spoken, entry.id


def test_stale_lists_what_is_no_longer_or_soon_not_spoken(knowledge: Knowledge) -> None:
    stale = {(one.entry, one.name): one for one in knowledge.stale(TODAY)}
    wage = stale["labour.minimum_wage", "wage"]
    assert "not spoken" in wage.reason
    line = Path(wage.file).read_text(encoding="utf-8").splitlines()[wage.line - 1]
    assert line.strip().startswith("wage:")
    assert "6 days" in stale["opeka.child_benefit", "next_payment"].reason
    assert ("efka.pension_increase", "increase") not in stale
    in_ten_years = sum(len(e.figures) for e in knowledge) + len(knowledge.eservices)
    assert len(knowledge.stale(date(2036, 1, 1))) == in_ten_years


def test_the_question_between_two_entries_is_found_from_both_sides(knowledge: Knowledge) -> None:
    question = knowledge.question_between("efka.clearance", "efka.health_entitlement")
    assert question is not None
    assert question.endswith(";")
    assert question == knowledge.question_between("efka.health_entitlement", "efka.clearance")
    assert knowledge.question_between("efka.clearance", "teka.membership") is None


def test_the_digest_follows_the_wording_not_the_answers(tmp_path: Path) -> None:
    before = load_knowledge(write(tmp_path, GOOD)).digest
    answer = load_knowledge(write(tmp_path, GOOD.replace("Δίνονται", "Είναι"))).digest
    wording = load_knowledge(write(tmp_path, GOOD.replace("νούμερο α", "νούμερο ω"))).digest
    assert before == answer
    assert before != wording
