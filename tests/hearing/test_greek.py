"""The embedded Greek model, on speech of voices that it was not trained on (telephone A-law)."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from voicebot.hearing.constraint import any_of, digits, optional, phrases, sequence
from voicebot.hearing.evaluation import load_audio, scored_words
from voicebot.hearing.greek import GreekRecogniser
from voicebot.hearing.greek_readings import answer_shortfall, shortfall
from voicebot.hearing.recogniser import FloatArray, RecogniserError

MODEL = Path(__file__).parents[2] / "models" / "greek" / "v4"
CLIPS = Path(__file__).parent / "data"
TOWNS = (
    "Αθήνα", "Θεσσαλονίκη", "Πάτρα", "Ηράκλειο", "Λάρισα", "Καλαμάτα", "Καβάλα", "Καρδίτσα",
    "Τρίκαλα", "Χαλκίδα", "Λαμία", "Σαλαμίνα", "Καλλιθέα", "Καλαμαριά", "Κατερίνη", "Μαλάματα",
)  # fmt: skip


@pytest.fixture(scope="module")
def recogniser() -> Iterator[GreekRecogniser]:
    engine = GreekRecogniser(MODEL, workers=2)
    engine.warm_up()
    yield engine
    engine.close()


def clip(name: str) -> FloatArray:
    return load_audio(CLIPS / f"{name}.wav", telephone=False)


def test_a_town_of_a_closed_list(recogniser: GreekRecogniser) -> None:
    asked = sequence(optional(phrases(["στην", "στο", "στη", "στα"])), phrases(TOWNS))
    heard = recogniser.transcribe(clip("town"), asked)
    assert heard.text.endswith("Καλαμάτα")
    assert heard.constrained
    assert heard.confidence > 0.5
    assert heard.alternatives[0].text == heard.text
    assert heard.audio_ms == pytest.approx(len(clip("town")) / 16, abs=1)


def test_a_tax_number_in_groups(recogniser: GreekRecogniser) -> None:
    heard = recogniser.transcribe(clip("digits"), digits({9}))
    said = "μηδέν εννιά μηδέν μηδέν μηδέν μηδέν μηδέν σαράντα πέντε"
    assert scored_words(heard.text) == scored_words(said)
    assert heard.confidence > 0.3


def test_yes_is_no_number_and_the_confidence_says_so(recogniser: GreekRecogniser) -> None:
    answer = phrases(["ναι βέβαια", "ναι", "όχι", "όχι ευχαριστώ"])
    right = recogniser.transcribe(clip("yes"), answer)
    wrong = recogniser.transcribe(clip("yes"), digits({9, 10, 11}, lead_ins=()))
    assert right.text.startswith("ναι")
    assert right.confidence > 2 * wrong.confidence
    assert wrong.confidence < 0.3


def test_speech_outside_of_the_list_has_low_confidence(recogniser: GreekRecogniser) -> None:
    heard = recogniser.transcribe(clip("pension"), phrases(TOWNS))
    assert heard.confidence < 0.3
    assert any("σύνταξη" in reading.text for reading in heard.alternatives)


def test_free_speech(recogniser: GreekRecogniser) -> None:
    heard = recogniser.transcribe(clip("pension"))
    words = scored_words(heard.text)
    assert "συνταξη" in words
    assert "μαθω" in words
    assert not heard.constrained
    assert heard.no_speech_prob < 0.5
    assert 0 < heard.confidence <= 1
    assert heard.engine == "greek"
    shares = [reading.probability for reading in heard.alternatives]
    assert shares == sorted(shares, reverse=True)
    assert sum(shares) == pytest.approx(1, abs=1e-3)


def test_hot_words_that_are_not_said_change_nothing(recogniser: GreekRecogniser) -> None:
    plain = recogniser.transcribe(clip("pension"))
    hot = recogniser.transcribe(clip("pension"), hotwords=("Κομοτηνή", "Νέα Ζίχνη"))
    assert hot.text == plain.text


def test_a_name_that_it_does_not_know_is_written_when_it_is_hot(
    recogniser: GreekRecogniser,
) -> None:
    name = "Καλαμάτω"  # nobody's, and close enough to the town that is said
    assert name.lower() not in recogniser.transcribe(clip("town")).text
    heard = recogniser.transcribe(clip("town"), hotwords=(name,))
    assert any(name in reading.text for reading in heard.alternatives)


def test_the_shortfall_tells_an_answer_from_something_else(recogniser: GreekRecogniser) -> None:
    towns = phrases(TOWNS)
    right, near = recogniser.list_shortfall(recogniser.hear(clip("town")), towns)
    _, far = recogniser.list_shortfall(recogniser.hear(clip("pension")), towns)
    assert right == "Καλαμάτα"
    assert far < near - 0.5


def test_what_leads_in_is_no_evidence_for_an_answer(recogniser: GreekRecogniser) -> None:
    heard = recogniser.hear(clip("pension"))
    score = heard.free_score - 12.0
    led_in = answer_shortfall(score, heard, "για λάρισα")
    assert led_in < shortfall(score, heard, "για λάρισα")
    assert answer_shortfall(score, heard, "λάρισα") == shortfall(score, heard, "λάρισα")
    assert answer_shortfall(score, heard, "ναι βέβαια") == shortfall(score, heard, "ναι βέβαια")


def test_speech_that_is_not_over_can_be_read(recogniser: GreekRecogniser) -> None:
    whole = clip("pension")
    begun = scored_words(recogniser.preview(whole[: len(whole) * 2 // 3]))
    read = scored_words(recogniser.preview(whole))
    assert "συνταξη" in read
    assert 0 < len(begun) < len(read)
    assert recogniser.preview(whole[:800]) == ""


def test_half_of_a_number_lacks_the_rest(recogniser: GreekRecogniser) -> None:
    whole = clip("digits")
    assert recogniser.transcribe(whole, digits({9})).missing == 0.0
    assert recogniser.transcribe(whole[: len(whole) // 2], digits({9})).missing > 3.0


@pytest.mark.parametrize("kind", ["silence", "hiss", "tone"])
def test_nobody_speaking_is_heard_as_nothing(recogniser: GreekRecogniser, kind: str) -> None:
    rng = np.random.default_rng(1)
    seconds = np.arange(32000) / 16000
    audio = {
        "silence": np.zeros(32000),
        "hiss": rng.standard_normal(32000) * 0.02,
        "tone": np.sin(seconds * 2 * np.pi * 425) * 0.2,
    }[kind].astype(np.float32)
    heard = recogniser.transcribe(audio)
    assert not heard.text or heard.no_speech_prob > 0.5


def test_audio_too_short_is_heard_as_nothing(recogniser: GreekRecogniser) -> None:
    heard = recogniser.transcribe(np.zeros(1000, np.float32))
    assert (heard.text, heard.no_speech_prob) == ("", 1.0)


def test_threads_get_what_one_gets(recogniser: GreekRecogniser) -> None:
    clips = [clip(name) for name in ("yes", "pension", "town", "digits")] * 2
    alone = [recogniser.transcribe(audio).text for audio in clips]
    with ThreadPoolExecutor(4) as pool:
        together = [t.text for t in pool.map(recogniser.transcribe, clips)]
    assert together == alone


def test_commands_may_be_listened_for_beside_a_value(recogniser: GreekRecogniser) -> None:
    either = any_of(digits({9}), phrases(["ναι βέβαια", "άκυρο"]))
    assert recogniser.transcribe(clip("yes"), either).text == "ναι βέβαια"


def test_a_folder_without_the_model_says_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(RecogniserError, match=r"model\.bin.*missing"):
        GreekRecogniser(tmp_path)


def test_a_head_for_other_sounds_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "model"
    shutil.copytree(MODEL, folder)
    about = json.loads((folder / "greek.json").read_text(encoding="utf-8"))
    about["sounds"] = "_αβγ"
    (folder / "greek.json").write_text(json.dumps(about), encoding="utf-8")
    with pytest.raises(RecogniserError, match="other sounds"):
        GreekRecogniser(folder)


def test_the_digests_are_those_of_the_files() -> None:
    import hashlib

    for line in (MODEL / "SHA256SUMS").read_text().splitlines():
        digest, name = line.split()
        assert hashlib.sha256((MODEL / name).read_bytes()).hexdigest() == digest, name
