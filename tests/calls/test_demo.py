"""The three calls of the demo, over real SIP and RTP, measured in what was heard."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np
import pytest

from voicebot.cli.demo import EXPECTED, rehearse
from voicebot.rehearsal.server import RunningLine

pytestmark = [pytest.mark.call, pytest.mark.slow, pytest.mark.timeout(600)]


async def test_three_citizens_are_served(
    line: RunningLine, agent_port: int, tmp_path: Path
) -> None:
    outcomes = await rehearse(line, agent_port, keep=tmp_path)

    assert outcomes == EXPECTED
    for name in EXPECTED:
        heard = _read(tmp_path / f"{name}.wav")
        assert len(heard) > 5 * 8000, "the line spoke for less than five seconds"
        levels = _levels_dbfs(heard)
        loud = levels[levels > -45]
        assert len(loud) > 50 * 3, "less than three seconds of speech were heard"
        assert -26 < np.median(loud) < -12, "the voice is too soft or too loud"
        assert (np.abs(heard) >= 32000).mean() < 0.001, "the voice clips"
    latencies = [event["latency_ms"] for event in line.events if event["event"] == "turn"]
    assert len(latencies) >= 8
    topics = [event["topic"] for event in line.events if event["event"] == "answered"]
    assert "E06" in topics


def _read(path: Path) -> np.ndarray:
    with wave.open(str(path)) as file:
        assert file.getframerate() == 8000
        return np.frombuffer(file.readframes(file.getnframes()), dtype="<i2").astype(float)


def _levels_dbfs(samples: np.ndarray) -> np.ndarray:
    frames = samples[: len(samples) // 160 * 160].reshape(-1, 160)
    return 20 * np.log10(np.sqrt((frames**2).mean(axis=1)) / 32768 + 1e-9)
