"""Values that are spoken by telephone and tried twice."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
import pytest

from voicebot.hearing.constraint import Constraint
from voicebot.hearing.loading import load_recogniser
from voicebot.hearing.recogniser import FloatArray, Hypothesis, Transcript
from voicebot.rehearsal.spoken_captures import (
    SpokenCaptures,
    SpokenKindReport,
    expectation_of,
    first_of_each_kind,
    said_again,
)
from voicebot.settings import Hearing, load_settings
from voicebot.understanding.capture_evaluation import KINDS, CaptureRow

TODAY = date(2026, 11, 24)
RIGHT = "εφτά τρία ένα τρία οχτώ πέντε τέσσερα τρία εφτά"
WRONG_CHECKSUM = "πέντε τρία ένα τρία οχτώ πέντε τέσσερα δύο εφτά"
OTHER = "μηδέν εννιά μηδέν μηδέν μηδέν μηδέν μηδέν τέσσερα πέντε"
AFM = CaptureRow(2, "AFM", RIGHT, ("731385437",))


class Scripted:
    """A recogniser that hears what it is told to, one text a turn."""

    def __init__(self, *texts: str, confidence: float = 0.95) -> None:
        self._texts = list(texts)
        self._confidence = confidence
        self.audio: list[FloatArray] = []
        self.constraints: list[Constraint | None] = []

    def transcribe(
        self, audio: FloatArray, constraint: Constraint | None, hotwords: Sequence[str] = ()
    ) -> Transcript:
        self.audio.append(audio)
        self.constraints.append(constraint)
        text = self._texts.pop(0)
        return Transcript(text, self._confidence, (Hypothesis(text, 1.0),), constrained=True)


def played(recogniser: Scripted, row: CaptureRow) -> SpokenKindReport:
    spoken = SpokenCaptures(recogniser, Hearing(), TODAY)  # type: ignore[arg-type]
    return spoken.evaluate([row], lambda done, count: None)["by_kind"][row.kind]


def test_what_is_right_at_once_is_not_asked_again() -> None:
    recogniser = Scripted(RIGHT)
    report = played(recogniser, AFM)
    assert (report["first_try"], report["within_two"], report["wrong"]) == (1.0, 1.0, [])
    assert recogniser.constraints[0] is not None
    assert recogniser.constraints[0].name == "digits"


def test_what_is_refused_is_said_again_by_the_other_voice() -> None:
    recogniser = Scripted(WRONG_CHECKSUM, RIGHT)
    report = played(recogniser, AFM)
    assert (report["first_try"], report["within_two"]) == (0.0, 1.0)
    first, second = recogniser.audio
    assert len(second) > len(first)  # slowly
    assert not np.array_equal(first[:8000], second[:8000])


def test_what_is_not_believed_is_asked_again() -> None:
    report = played(Scripted(RIGHT, RIGHT, confidence=0.0), AFM)
    assert report["within_two"] == 0.0
    assert report["wrong"][0]["got"] == ["unclear", "unclear"]
    assert report["wrong"][0]["heard"] == [RIGHT, RIGHT]


def test_a_wrong_value_that_would_be_believed_has_no_second_try() -> None:
    report = played(Scripted(OTHER), AFM)
    assert (report["within_two"], report["believed_wrong"]) == (0.0, 1)
    assert report["wrong"][0]["got"] == ["090000045"]
    assert report["wrong_checksums"] == 0


def test_an_invalid_number_must_be_refused_both_times() -> None:
    row = CaptureRow(3, "AFM_INVALID", WRONG_CHECKSUM, ())
    assert played(Scripted(WRONG_CHECKSUM, WRONG_CHECKSUM), row)["accuracy"] == 1.0
    report = played(Scripted(WRONG_CHECKSUM, RIGHT), row)
    assert (report["accuracy"], report["first_try"]) == (0.0, 0.0)
    assert report["believed_wrong"] == 1


@pytest.mark.parametrize(
    ("kind", "values", "again"),
    [
        ("AFM", ("731385437",), "επτά τρία ένα τρία οκτώ πέντε τέσσερα τρία επτά"),
        ("PROTOCOL", ("12345674",), "δώδεκα τριάντα τέσσερα πενήντα έξι εβδομήντα τέσσερα"),
        ("PROTOCOL", ("00000042",), "μηδέν μηδέν μηδέν μηδέν μηδέν μηδέν σαράντα δύο"),
        ("AFM_INVALID", (), "επτά τρία ένα τρία οκτώ πέντε τέσσερα τρία επτά"),
        ("PLACE", ("Πάτρα",), RIGHT),
    ],
)
def test_a_number_is_said_again_as_the_question_asks(
    kind: str, values: tuple[str, ...], again: str
) -> None:
    assert said_again(CaptureRow(1, kind, RIGHT, values))[0] == again


@pytest.mark.parametrize("kind", KINDS)
def test_the_line_expects_what_is_captured(kind: str) -> None:
    assert expectation_of(kind).kind is KINDS[kind][0]


def test_some_rows_of_each_kind() -> None:
    rows = [AFM, AFM, CaptureRow(4, "YESNO", "ναι", ("yes",))]
    assert first_of_each_kind(rows, 1) == [rows[0], rows[2]]
    assert first_of_each_kind(rows, None, ["YESNO"]) == [rows[2]]


@pytest.mark.slow
def test_real_speech_is_captured_and_no_wrong_number_is_taken() -> None:
    rows = [
        CaptureRow(1, "AFM", RIGHT, ("731385437",)),
        CaptureRow(2, "AFM_INVALID", WRONG_CHECKSUM, ("531385427",)),
        CaptureRow(
            3,
            "AMKA",
            "μηδέν ένα μηδέν ένα τριάντα ενενήντα εννιά ενενήντα εννιά εφτά",
            ("01013099997",),
        ),
        CaptureRow(
            4,
            "MOBILE",
            "εξήντα εννιά σαράντα πέντε ένα δύο τρία τέσσερα πέντε έξι",
            ("6945123456",),
        ),
        CaptureRow(
            5,
            "PHONE",
            "δύο δέκα πενήντα δύο ογδόντα πέντε πεντακόσια είκοσι πέντε",
            ("2105285525",),
        ),
        CaptureRow(6, "YESNO", "ναι βέβαια", ("yes",)),
    ]
    settings = load_settings().hearing
    recogniser = load_recogniser(settings)
    try:
        spoken = SpokenCaptures(recogniser, settings, TODAY)
        report = spoken.evaluate(rows, lambda done, count: None)["by_kind"]
    finally:
        recogniser.close()
    assert {kind: one["within_two"] for kind, one in report.items()} == dict.fromkeys(report, 1.0)
    assert all(one["wrong_checksums"] == 0 for one in report.values())
