"""The commands as people give them, each in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import wave
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow


def voicebot(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run `voicebot` and give back what it wrote."""
    return subprocess.run(
        [sys.executable, "-m", "voicebot.cli", *arguments],
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        stdin=subprocess.DEVNULL,
    )


def test_say_prints_words_and_writes_a_wav(tmp_path: Path) -> None:
    out = tmp_path / "say.wav"
    done = voicebot("say", "Στις 10:30, στον ΕΦΚΑ.", "--text", "--wav", str(out))
    assert done.returncode == 0, done.stderr
    assert "δέκα και μισή" in done.stdout
    assert "έφκα" in done.stdout
    with wave.open(str(out)) as file:
        assert file.getframerate() == 16000
        assert 1.0 < file.getnframes() / 16000 < 6.0


def test_understand_gives_the_promised_keys() -> None:
    done = voicebot("understand", "πότε πληρώνεται το δώρο χριστουγέννων", "--json")
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert {"intent", "topic", "probability", "alternatives"} <= answer.keys()
    assert answer["topic"] == "W02"
    assert 0 < answer["probability"] <= 1


def test_transcribe_gives_a_line_a_file(tmp_path: Path) -> None:
    clip = tmp_path / "clip.wav"
    assert voicebot("say", "ναι", "--voice", "el+f3", "--wav", str(clip)).returncode == 0
    done = voicebot("transcribe", str(clip), str(clip), "--json")
    assert done.returncode == 0, done.stderr
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(rows) == 2
    assert all(row.keys() == {"file", "text", "confidence", "seconds", "ms"} for row in rows)
    assert rows[0]["file"] == str(clip)
    assert 0.2 < rows[0]["seconds"] < 3


@pytest.mark.parametrize(
    ("arguments", "variables", "named"),
    [
        (["say", "κάτι"], {}, "--wav"),
        (["say", "κάτι", "--wav", "/proc/out.wav"], {}, "/proc/out.wav"),
        (["transcribe", "/nowhere/clip.wav"], {}, "/nowhere/clip.wav"),
        (["understand", "κάτι"], {"VOICEBOT_UNDERSTANDING__MODEL": "/nowhere"}, "voicebot train"),
        (["knowledge", "check"], {"VOICEBOT_UNDERSTANDING__INTENTS": "/nowhere"}, "/nowhere"),
        (["knowledge", "stale", "--today", "soon"], {}, "YYYY-MM-DD"),
        (["evaluate", "hearing", "/nowhere.tsv"], {}, "/nowhere.tsv"),
        (["evaluate", "understanding", "/nowhere.tsv"], {}, "/nowhere.tsv"),
        (["evaluate", "captures", "/nowhere.tsv"], {}, "/nowhere.tsv"),
        (["transcribe", "x.wav"], {"VOICEBOT_HEARING__MODEL": "/nowhere"}, "hearing.model"),
        (["doctor"], {"VOICEBOT_HEARING__WORKERS": "many"}, "hearing.workers"),
        (["models", "pull", "nothing"], {}, "nothing"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_sentence(
    arguments: list[str], variables: dict[str, str], named: str
) -> None:
    done = voicebot(*arguments, **variables)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert named in done.stderr


def test_doctor_finds_nothing_missing_after_set_up() -> None:
    done = voicebot("doctor", "--json")
    findings = [json.loads(line) for line in done.stdout.splitlines()]
    missing = [row for row in findings if row["needed"] and not row["fine"]]
    assert not missing
    assert {"telephony", "recogniser", "voice", "knowledge", "classifier", "records"} <= {
        row["name"] for row in findings
    }


def test_doctor_names_what_is_missing_and_the_mend() -> None:
    done = voicebot("doctor", VOICEBOT_HEARING__MODEL="/nowhere")
    assert done.returncode == 1
    assert "FAIL recogniser" in done.stdout
    assert "mend:" in done.stdout


def test_chat_holds_a_whole_conversation_in_a_pipe(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "voicebot.cli", "chat"],
        input="πότε πληρώνεται το δώρο χριστουγέννων\nόχι ευχαριστώ\n",
        env={**os.environ, "VOICEBOT_RECORDS__URL": f"sqlite:///{tmp_path / 'chat.db'}"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "1555" in done.stdout
    assert "Δεκεμβρίου" in done.stdout
    assert "answered" in done.stdout


def test_people_come_to_the_desk_and_deadlines_from_a_file(tmp_path: Path) -> None:
    url = {"VOICEBOT_RECORDS__URL": f"sqlite:///{tmp_path / 'records.db'}"}
    added = voicebot("desk", "users", "add", "maria", "--role", "supervisor", **url)
    assert added.returncode == 0, added.stderr
    assert "maria may log in as supervisor" in added.stdout
    assert "shown only now" in added.stdout
    again = voicebot("desk", "users", "add", "maria", **url)
    assert again.returncode == 1
    assert "already" in again.stderr
    assert voicebot("desk", "users", "remove", "maria", **url).returncode == 0
    assert "removed" in voicebot("desk", "users", "list", **url).stdout

    shown = voicebot("records", "deadlines", **url)
    assert "months: 3" in shown.stdout
    file = tmp_path / "deadlines.yaml"
    file.write_text(shown.stdout.replace("months: 3", "months: 2"), encoding="utf-8")
    done = voicebot("records", "import-deadlines", str(file), **url)
    assert done.returncode == 0, done.stderr
    assert "months: 3" not in voicebot("records", "deadlines", **url).stdout
    file.write_text("rules: []")
    wrong = voicebot("records", "import-deadlines", str(file), **url)
    assert wrong.returncode == 1
    assert "level 1 has no rule" in wrong.stderr
    assert "Traceback" not in wrong.stderr
