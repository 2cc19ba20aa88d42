"""What came of a call that was spoken, judged by its script."""

from __future__ import annotations

from voicebot.dialogue.script_checks import Evidence, failures
from voicebot.dialogue.script_player import CallResult
from voicebot.dialogue.scripts import ScriptCall
from voicebot.rehearsal.scripted_part import ScriptedPart, SpokenResult, misheard


def judged(
    script: ScriptCall,
    part: ScriptedPart,
    evidence: Evidence,
    outcome: str,
    seconds: float,
    broken: tuple[str, ...] = (),
    remarks: tuple[str, ...] = (),
) -> SpokenResult:
    """Hold a call against its script; one that failed also tells what was misheard in it.

    Args:
        part: the caller's, when the call is over.
        evidence: of the same call.
        outcome: as the line gave it.
        seconds: that the call took.
        broken: what went wrong with the call itself.
        remarks: what explains a failure and is none itself.
    """
    wrong = (*broken, *failures(script, evidence))
    hearings = tuple(part.hearings())
    if wrong:
        wrong += (*remarks, *misheard(hearings))
    result = CallResult(
        script.id,
        not wrong,
        wrong,
        outcome,
        part.agent_turns,
        round(seconds, 3),
        tuple(part.journal.events),
    )
    return SpokenResult(result, hearings)
