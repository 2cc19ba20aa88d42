from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from voicebot.understanding.capture_evaluation import CapturesError, evaluate_captures

TODAY = date(2026, 11, 24)
CAPTURES = Path(__file__).with_name("captures.tsv")


def written(folder: Path, text: str) -> Path:
    path = folder / "rows.tsv"
    path.write_text(text, encoding="utf-8")
    return path


def test_our_own_rows() -> None:
    report = evaluate_captures(CAPTURES, TODAY)["by_kind"]
    assert sum(kind["rows"] for kind in report.values()) >= 200
    for name, kind in report.items():
        assert kind["accuracy"] >= (0.90 if name == "NAME" else 0.97), kind["wrong"]


def test_wrong_rows_are_told_with_their_line(tmp_path: Path) -> None:
    path = written(tmp_path, "kind\tspoken\tvalue\nYESNO\tναι\tyes\nYESNO\tναι\tno\n")
    kind = evaluate_captures(path, TODAY)["by_kind"]["YESNO"]
    assert (kind["accuracy"], kind["rows"]) == (0.5, 2)
    assert kind["wrong"] == [{"line": 3, "spoken": "ναι", "expected": "no", "got": "yes"}]


def test_an_invalid_number_must_not_be_captured(tmp_path: Path) -> None:
    path = written(tmp_path, "AFM_INVALID\tμηδέν ενενήντα τέσσερα μηδενικά σαράντα πέντε\t\n")
    assert evaluate_captures(path, TODAY)["by_kind"]["AFM_INVALID"]["accuracy"] == 0


@pytest.mark.parametrize(
    "row",
    [
        "DATE\tτην άλλη βδομάδα\t2026-11-30..2026-12-04",
        "DATE\tχθες\t2026-11-23",
        "TIME\tκατά τις δέκα\t10:00",
        "TIME\tδέκα με έντεκα\t10:00-11:00",
        "TIME\tτο πρωί\tπρωί",
        "PLACE\tστη Νέα Ιωνία\tΝέα Ιωνία",
        "PLACE\tΝέα Ιωνία Βόλου\tΝέα Ιωνία Μαγνησίας",
        "NAME\tπαπαδόπουλος γιώργος\tΓΙΩΡΓΟΣ ΠΑΠΑΔΟΠΟΥΛΟΣ",
        "MOBILE\t6945123456\t+30 694 512 3456",
        "YESNO\tδεν ξέρω\tunclear",
        "PROTOCOL\tδώδεκα τριάντα τέσσερα πενήντα έξι εβδομήντα οχτώ\t12345678",
    ],
)
def test_what_counts_as_right(tmp_path: Path, row: str) -> None:
    report = evaluate_captures(written(tmp_path, row), TODAY)["by_kind"]
    assert [kind["accuracy"] for kind in report.values()] == [1.0]


@pytest.mark.parametrize(
    "row",
    [
        "DATE\tαύριο\t2026-11-26",
        "TIME\tστις δέκα\t11:00",
        "PLACE\tΝέα Ιωνία Βόλου\tΝέα Ιωνία Αττικής",
        "NAME\tΜαρία Δελή\tΕλένη Δελή",
        "AFM\tένα δύο\t731385437",
    ],
)
def test_what_counts_as_wrong(tmp_path: Path, row: str) -> None:
    report = evaluate_captures(written(tmp_path, row), TODAY)["by_kind"]
    assert [kind["accuracy"] for kind in report.values()] == [0.0]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no rows"),
        ("SIZE\tδύο\t2\n", ":1: kind 'SIZE' is none of AFM"),
        ("YESNO\tναι\tyes\nYESNO\n", ":2: needs kind<TAB>spoken<TAB>value"),
        ("YESNO\tναι\t\n", ":1: a row of kind YESNO needs a value"),
        ("DATE\tαύριο\tmorgen\n", ":1: value 'morgen'"),
        ("TIME\tδέκα\tx\n", ":1: value 'x'"),
    ],
)
def test_bad_files_are_refused_with_the_line(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(CapturesError, match=r"rows\.tsv") as error:
        evaluate_captures(written(tmp_path, text), TODAY)
    assert message in str(error.value)


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(CapturesError, match="can't be read"):
        evaluate_captures(tmp_path / "none.tsv", TODAY)


def test_readings_of_a_recogniser_are_used(tmp_path: Path) -> None:
    path = written(tmp_path, "PLACE\tστη λαμία\tΛαμία\n")
    report = evaluate_captures(path, TODAY, lambda spoken: [("θολό", 0.6), (spoken, 0.4)])
    assert report["by_kind"]["PLACE"]["accuracy"] == 1.0


def test_values_by_another_hand_are_captured() -> None:
    blind = Path(__file__).with_name("blind_captures.tsv")
    by_kind = evaluate_captures(blind, date(2026, 11, 24))["by_kind"]
    least = dict.fromkeys(by_kind, 0.97) | {"NAME": 0.9, "YESNO": 0.95}
    assert {
        kind: found["wrong"] for kind, found in by_kind.items() if found["accuracy"] < least[kind]
    } == {}
