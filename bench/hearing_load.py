"""The process under load of `bench.hearing`: given clips, seconds, and utterances a second."""

from __future__ import annotations

import asyncio
import itertools
import json
import logging
import os
import sys
import time
from pathlib import Path

import numpy as np
import structlog

from bench.hearing import EXPECTATIONS
from voicebot.hearing.loading import load_recogniser
from voicebot.hearing.pool import RecogniserBusy, RecogniserPool, RecogniserUnavailable
from voicebot.hearing.vad import SileroVad
from voicebot.line.constraints import constraint_for
from voicebot.settings import load_settings

_PAGE = os.sysconf("SC_PAGE_SIZE")
_MIX = ("free", "list", "free", "digits")


async def load(file: Path, seconds: float, per_s: float) -> dict[str, float]:
    """Hand in utterances at random times and measure this process."""
    with np.load(file) as stored:
        clips = {kind: [row.tobytes() for row in stored[kind]] for kind in EXPECTATIONS}
    settings = load_settings().hearing.model_copy(update={"workers": 2})
    recogniser = load_recogniser(settings)
    recogniser.warm_up()
    pool = RecogniserPool(recogniser, workers=2, deadline_s=settings.deadline_s)
    vad = SileroVad()
    asked = {
        kind: constraint_for(expectation) if expectation else None
        for kind, expectation in EXPECTATIONS.items()
    }
    rng = np.random.default_rng(4)
    took_ms: list[float] = []
    late = 0

    async def one(kind: str, at: int) -> None:
        nonlocal late
        began = time.perf_counter()
        try:
            await pool.recognise(clips[kind][at % len(clips[kind])], asked[kind])
        except (RecogniserBusy, RecogniserUnavailable):
            late += 1
            return
        took_ms.append((time.perf_counter() - began) * 1000)

    for kind in EXPECTATIONS:
        await one(kind, 0)
    took_ms.clear()
    cpu_s, began = time.process_time(), time.monotonic()
    due_s = 0.0
    async with asyncio.TaskGroup() as tasks:
        for number in itertools.count():
            due_s += rng.exponential(1 / per_s)
            if due_s > seconds:
                break
            await asyncio.sleep(max(0.0, began + due_s - time.monotonic()))
            tasks.create_task(one(_MIX[number % len(_MIX)], number))
    elapsed_s = time.monotonic() - began
    cpu_s = time.process_time() - cpu_s
    rss = _rss_mb()
    del vad
    await pool.close()
    return {
        "cores": round(cpu_s / elapsed_s, 2),
        "cpu_ms": round(cpu_s * 1000 / max(1, len(took_ms)), 1),
        "p50_ms": round(float(np.percentile(took_ms, 50)), 1),
        "p95_ms": round(float(np.percentile(took_ms, 95)), 1),
        "late": round(late / (late + len(took_ms)), 3),
        "rss_mb": round(rss, 1),
    }


def _rss_mb() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * _PAGE / 2**20


if __name__ == "__main__":
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    print(json.dumps(asyncio.run(load(Path(sys.argv[1]), float(sys.argv[2]), float(sys.argv[3])))))
