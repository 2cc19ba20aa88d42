"""Whole calls by script, and the player itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

from voicebot.dialogue.script_player import CallResult, play_call, play_file, totals
from voicebot.dialogue.scripts import ScriptCall, ScriptError, ScriptFile, load_scripts
from voicebot.records.types import Agency
from voicebot.settings import Dialogue
from voicebot.understanding.classifier import Classifier
from voicebot.understanding.knowledge import Knowledge

FOLDER = Path(__file__).parents[1] / "dialogues"
FILES = {path.stem: load_scripts(path) for path in sorted(FOLDER.glob("*.yaml"))}
CALLS = [(scripts, call) for scripts in FILES.values() for call in scripts.calls]


@pytest.mark.parametrize(("scripts", "call"), CALLS, ids=[call.id for _, call in CALLS])
async def test_script(
    scripts: ScriptFile,
    call: ScriptCall,
    knowledge: Knowledge,
    classifier: Classifier,
    template: Path,
) -> None:
    result = await play_call(
        call, scripts.moment, knowledge, classifier, Dialogue(), template=template
    )
    assert result.failures == ()


async def test_a_call_where_nothing_is_free_is_few_statements(
    knowledge: Knowledge, classifier: Classifier, template: Path
) -> None:
    scripts, call = next((file, call) for file, call in CALLS if call.id == "A24")
    assert [(one.agency, one.city, one.channel) for one in call.seed.closed] == [
        (Agency.EFKA, None, None)
    ]
    sent: list[str] = []

    def note(*arguments: Any) -> None:
        sent.append(arguments[2])

    event.listen(Engine, "before_cursor_execute", note)
    try:
        await play_call(call, scripts.moment, knowledge, classifier, Dialogue(), template=template)
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    assert sum("INSERT INTO closures" in one for one in sent) == 1
    searches = sum("FROM reservations" in one for one in sent)
    assert 4 <= searches <= 12
    assert len(sent) < 400, len(sent)


def test_ids_are_unique() -> None:
    ids = [call.id for _, call in CALLS]
    assert len(ids) == len(set(ids)) >= 15


async def _failures(
    text: str, tmp_path: Path, knowledge: Knowledge, classifier: Classifier
) -> list[CallResult]:
    path = tmp_path / "calls.yaml"
    path.write_text(f'version: 1\ntoday: "2026-11-24"\ncalls:\n{text}', encoding="utf-8")
    scripts = load_scripts(path)
    return [one async for one in play_file(scripts, knowledge, classifier, Dialogue())]


@pytest.mark.parametrize(
    ("expectation", "problem"),
    [
        ("{answered_topics: [E01]}", "E01 was not answered"),
        ("{answered_topics: null}", "none expected"),
        ("{answered_topics: []}", "without being asked"),
        ("{appointment: {status: booked}}", "none happened"),
        ("{handoff: {reason: anger}}", "nobody was called"),
        ("{safety: suicide}", "was not met"),
        ("{numbers_given_any: ['1018']}", "was said"),
        ("{advice_any: [κολοκυθόπιτα]}", "was said"),
        ("{reprompts_min: 1}", "at least 1"),
        ("{dtmf_offered: true}", "expected"),
        ("{end: transferred}", "expected"),
        ("{language: en}", "expected"),
        ("{must_not: [hang_up]}", "hang_up happened"),
        ("{must_not: [dance]}", "is unknown"),
        ("{colour: red}", "unknown"),
    ],
)
async def test_player_sees_what_is_wrong(
    expectation: str,
    problem: str,
    tmp_path: Path,
    knowledge: Knowledge,
    classifier: Classifier,
) -> None:
    turns = "[{say: πότε πληρώνονται οι συντάξεις}]"
    (result,) = await _failures(
        f"- {{id: X, turns: {turns}, expect: {expectation}}}\n", tmp_path, knowledge, classifier
    )
    assert not result.passed
    assert problem in "\n".join(result.failures)


async def test_player_sees_a_value_that_was_not_captured(
    tmp_path: Path, knowledge: Knowledge, classifier: Classifier
) -> None:
    turns = "[{say: να με πάρετε τηλέφωνο}, {slot: phone, say: '2105285525', value: '2105285526'}]"
    (result,) = await _failures(f"- {{id: X, turns: {turns}}}\n", tmp_path, knowledge, classifier)
    assert "was not captured" in result.failures[0]
    assert totals([result]) == {"calls": 1, "passed": 0, "failed": 1}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("- {id: X, turns: [{say: α, dtmf: '1'}]}", "call X.turns.0: "),
        ("- {id: X, turns: [{sai: α}]}", "call X.turns.0"),
        ("- {turns: []}", "calls.0.id"),
        ("- [", "not YAML"),
    ],
)
def test_broken_file_is_named(text: str, problem: str, tmp_path: Path) -> None:
    path = tmp_path / "calls.yaml"
    path.write_text(f'version: 1\ntoday: "2026-11-24"\ncalls:\n{text}\n', encoding="utf-8")
    with pytest.raises(ScriptError, match=r"calls\.yaml") as raised:
        load_scripts(path)
    assert problem in str(raised.value)


def test_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ScriptError, match=r"nothing\.yaml"):
        load_scripts(tmp_path / "nothing.yaml")
