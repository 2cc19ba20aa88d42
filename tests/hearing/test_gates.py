"""Text that nobody said."""

from __future__ import annotations

import pytest

from voicebot.hearing.gates import Gate, believed, failed_gate
from voicebot.hearing.recogniser import Hypothesis, Transcript


@pytest.mark.parametrize(
    ("transcript", "gate"),
    [
        (Transcript("Υπότιτλοι AUTHORWAVE", 0.9, audio_ms=3000), Gate.PHANTOM),
        (Transcript("υπότιτλοι authorwave", 0.9, audio_ms=3000), Gate.PHANTOM),
        (Transcript("Ευχαριστώ που παρακολουθήσατε!", 0.9, audio_ms=3000), Gate.PHANTOM),
        (Transcript("thank you for watching", 0.8, audio_ms=3000), Gate.PHANTOM),
        (Transcript("λοιπόν", 0.2, audio_ms=2000, no_speech_prob=0.9), Gate.NO_SPEECH),
        (Transcript("α", 0.01, audio_ms=2000), Gate.IMPROBABLE),
        (Transcript("και αυτό είναι πάρα πολύ κείμενο " * 2, 0.9, audio_ms=500), Gate.TOO_LONG),
        (Transcript("και εγώ " * 7, 0.9, audio_ms=9000), Gate.REPEATS),
        (Transcript("το το το το το το το το", 0.9, audio_ms=9000), Gate.REPEATS),
        (Transcript("α β " + "γ α β δ " * 6, 0.9, audio_ms=9000), Gate.REPEATS),
    ],
)
def test_is_kept_out(transcript: Transcript, gate: Gate) -> None:
    assert failed_gate(transcript) is gate
    assert believed(transcript).text == ""
    assert believed(transcript).confidence == 0.0


@pytest.mark.parametrize(
    "transcript",
    [
        Transcript("", 0.0, audio_ms=500, no_speech_prob=0.99),
        Transcript("ναι", 0.9, audio_ms=300),
        Transcript("ναι", 0.5, audio_ms=300, no_speech_prob=0.8),
        Transcript("όχι όχι όχι", 0.9, audio_ms=1500),
        Transcript("μηδέν μηδέν μηδέν μηδέν μηδέν μηδέν", 0.9, audio_ms=4000),
        Transcript("εννιά εννέα " * 5, 0.9, audio_ms=6000),
        Transcript("θέλω να κλείσω ένα ραντεβού στον εφκα παρακαλώ", 0.8, audio_ms=2200),
        Transcript("έξι εννέα τέσσερα πέντε", 0.02, audio_ms=2500, constrained=True),
        Transcript("ευχαριστώ πολύ", 0.9, audio_ms=900),
    ],
)
def test_is_let_through(transcript: Transcript) -> None:
    assert failed_gate(transcript) is None
    assert believed(transcript) is transcript


def test_the_other_readings_of_a_phantom_go_with_it() -> None:
    phantom = Transcript(
        "υπότιτλοι authorwave", 0.9, (Hypothesis("υπότιτλοι authorwave", 1.0),), audio_ms=2000
    )

    assert believed(phantom).alternatives == ()
