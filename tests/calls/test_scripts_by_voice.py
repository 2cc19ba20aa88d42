"""Scripts of whole calls, spoken over real SIP and RTP and heard by the shipped recogniser."""

from __future__ import annotations

from pathlib import Path

import pytest

from voicebot.rehearsal.scripted_calls import play_by_voice
from voicebot.rehearsal.scripted_part import word_error_rate

pytestmark = [pytest.mark.call, pytest.mark.timeout(600)]

SCRIPTS = """
version: 1
today: "2026-11-24"
now: "10:05"
calls:
- id: status
  seed: {cases: [{agency: EFKA, topic: E02, phone: "2105285525", status: in_progress}]}
  turns:
  - say: τι έγινε με το αίτημά μου;
  - {slot: case_number, dtmf: "{case}#"}
  expect: {case: {action: looked_up, agency: EFKA, number: "{case}"}, end: normal}
- id: person
  seed: {agents: free, caller: "+306945123456"}
  turns:
  - say: θέλω να μιλήσω με υπάλληλο
  expect: {handoff: {reason: user_request}, end: transferred}
- id: wrong
  title: expects what does not happen
  turns:
  - say: θέλω να μιλήσω με υπάλληλο
  - {slot: offer_help, hang_up: true}
  expect: {handoff: null, end: hung_up}
- id: full
  seed: {line: full, caller: "+302105285525"}
  turns:
  - {slot: offer_help, dtmf: "2"}
  expect: {callback: null, end: normal}
"""


async def test_calls_are_held_by_voice_and_judged(tmp_path: Path) -> None:
    file = tmp_path / "scripts.yaml"
    file.write_text(SCRIPTS, "utf-8")
    played = [one async for one in play_by_voice(file, calls_at_once=3)]
    results = {one.result.id: one.result for one in played}

    assert results["status"].failures == ()
    assert results["person"].failures == ()
    assert results["person"].outcome == "handed_over"
    assert [one for one in results["wrong"].failures if one.startswith("handoff: none expected")]
    assert results["full"].failures == ()
    assert word_error_rate(played) < 0.5
