"""Many calls at once over real SIP and RTP, measured on the wire.

The line runs in a process of its own; the callers in this one. A caller rings, asks questions whose
answers are known, sometimes speaks into an answer, and rings again until the time is up.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from voicebot.rehearsal.citizen import CallOver, Citizen
from voicebot.rehearsal.server import RunningLine, running_line
from voicebot.speaking.espeak import EspeakVoice
from voicebot.speaking.speaker import Speaker
from voicebot.telephony.softphone import SoftCallFailed, Softphone

# Wording that neither the recogniser nor the classifier was trained on, with the entries of
# intents/ that are a right answer.
QUESTIONS: tuple[tuple[str, str], ...] = (
    ("πότε μπαίνουν οι συντάξεις του επόμενου μήνα", "efka.pension_payment_dates"),
    ("έμεινα χωρίς δουλειά και χρειάζομαι κάρτα ανεργίας", "dypa.card_issue"),
    ("ως πότε πρέπει να μας δώσουν το δώρο των χριστουγέννων", "labour.christmas_bonus"),
    ("θα ήθελα να μου δώσετε έναν υπάλληλο", "general.agent"),
    ("να μου κλείσετε ένα ραντεβού στον έφκα παρακαλώ", "general.appointment"),
)
VOICES = ("el+f3", "el+m5")
INTERRUPTION = "συγγνώμη θέλω να ρωτήσω κάτι άλλο"
_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True)
class CallsReport:
    """Figures of one run.

    Attributes:
        calls: calls placed.
        answered: calls whose every question got the right meaning and a spoken answer.
        lost: calls not taken, dropped, or left without an answer on the wire.
        wrong: calls in which a question was taken for something else.
        p50_ms, p95_ms, p99_ms: end of caller speech to the first packet of the line's speech.
        endpoint_p50_ms: of which the line waits to be sure that the caller has finished.
        recognition_p50_ms, recognition_p95_ms: of which is left of the recognition after that.
        barge_in_p95_ms: first packet of an interruption to the last of the line's speech.
        barge_ins, barge_ins_missed: interruptions that made the line stop, and that did not.
        cpu_cores: processor time of the line over elapsed time.
        rss_mb: its memory at the end.
        packets_lost: of the line's audio, on the way to the callers.
        turns: how many turns the percentiles are of.
    """

    calls: int
    answered: int
    lost: int
    wrong: int
    p50_ms: float
    p95_ms: float
    p99_ms: float
    endpoint_p50_ms: float
    recognition_p50_ms: float
    recognition_p95_ms: float
    barge_in_p95_ms: float
    barge_ins: int
    barge_ins_missed: int
    cpu_cores: float
    rss_mb: float
    packets_lost: int
    turns: int
    seconds: float


@dataclass
class _Tally:
    gaps_ms: list[float] = field(default_factory=list)
    barge_ins_ms: list[float] = field(default_factory=list)
    barge_ins_missed: int = 0
    calls: int = 0
    answered: int = 0
    lost: int = 0
    wrong: int = 0
    packets_lost: int = 0


async def measure(callers: int, seconds: float) -> CallsReport:
    """Run the bench.

    Args:
        callers: calls at once.
        seconds: how long new calls are placed; those in progress are finished.

    Raises:
        LineDidNotStart: there is no line to measure.
    """
    tally = _Tally()
    overrides = {
        "VOICEBOT_TELEPHONY__MAX_CALLS": str(callers + 5),
        # Nobody is there: asking for a person ends in an offer of a callback.
        "VOICEBOT_DESK__AGENTS": "[]",
    }
    with tempfile.TemporaryDirectory(prefix="voicebot-bench-") as folder:
        async with running_line(Path(folder), overrides) as line:
            speakers = {voice: Speaker(EspeakVoice(voice, nasal=True)) for voice in VOICES}
            try:
                for speaker in speakers.values():
                    await speaker.prerender([*(text for text, _ in QUESTIONS), INTERRUPTION])
                cpu_before, began = _cpu_s(line.pid), time.monotonic()
                async with await Softphone.open() as phone:
                    await _load(phone, line, speakers, callers, began + seconds, tally)
                elapsed = time.monotonic() - began
                cpu = _cpu_s(line.pid) - cpu_before
                rss = _rss_mb(line.pid)
                turns = [event for event in line.events if event["event"] == "turn"]
            finally:
                for speaker in speakers.values():
                    await speaker.close()
    return CallsReport(
        calls=tally.calls,
        answered=tally.answered,
        lost=tally.lost,
        wrong=tally.wrong,
        p50_ms=_percentile(tally.gaps_ms, 50),
        p95_ms=_percentile(tally.gaps_ms, 95),
        p99_ms=_percentile(tally.gaps_ms, 99),
        endpoint_p50_ms=_percentile([turn["endpoint_ms"] for turn in turns], 50),
        recognition_p50_ms=_percentile([turn["recognition_ms"] for turn in turns], 50),
        recognition_p95_ms=_percentile([turn["recognition_ms"] for turn in turns], 95),
        barge_in_p95_ms=_percentile(tally.barge_ins_ms, 95),
        barge_ins=len(tally.barge_ins_ms),
        barge_ins_missed=tally.barge_ins_missed,
        cpu_cores=round(cpu / elapsed, 3),
        rss_mb=round(rss, 1),
        packets_lost=tally.packets_lost,
        turns=len(tally.gaps_ms),
        seconds=round(elapsed, 1),
    )


async def _load(
    phone: Softphone,
    line: RunningLine,
    speakers: dict[str, Speaker],
    callers: int,
    until_s: float,
    tally: _Tally,
) -> None:
    names = itertools.count()

    async def caller(index: int) -> None:
        # Spread over the first seconds, as calls come.
        await asyncio.sleep(index * min(3.0, 0.1 * callers) / callers)
        while time.monotonic() < until_s:
            number = next(names)
            speaker = speakers[VOICES[number % len(VOICES)]]
            await _one_call(phone, line, speaker, f"bench-{number}", number, tally)

    await asyncio.gather(*(caller(index) for index in range(callers)))


async def _one_call(
    phone: Softphone, line: RunningLine, speaker: Speaker, name: str, number: int, tally: _Tally
) -> None:
    tally.calls += 1
    question, right = QUESTIONS[number % len(QUESTIONS)]
    try:
        citizen = await Citizen.ring(phone, line, speaker, name)
    except SoftCallFailed:
        tally.lost += 1
        return
    try:
        await citizen.question(timeout_s=30)
        exchange = await citizen.say(question)
        if exchange.gap_ms is None:
            tally.lost += 1
            return
        tally.gaps_ms.append(exchange.gap_ms)
        heard = citizen.heard()
        intents = {event.get("intent") for event in heard}
        if number % 2:
            cut_ms = await citizen.interrupt(INTERRUPTION)
            if cut_ms is None:
                tally.barge_ins_missed += 1
            else:
                tally.barge_ins_ms.append(cut_ms)
        if right in intents:
            tally.answered += 1
        else:
            tally.wrong += 1
    except (CallOver, TimeoutError):
        tally.lost += 1
    finally:
        tally.packets_lost += citizen.call.lost
        await citizen.leave()


def _percentile(values: list[float], share: float) -> float:
    return round(float(np.percentile(values, share)), 1) if values else float("nan")


def _cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def _rss_mb(pid: int) -> float:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE / 2**20
