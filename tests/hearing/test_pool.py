"""The shared recogniser pool: order under load, and what it does when the engine misbehaves."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest

from voicebot.hearing.pool import Health, RecogniserBusy, RecogniserPool, RecogniserUnavailable
from voicebot.hearing.recogniser import FloatArray, Recogniser, RecogniserError, Transcript

if TYPE_CHECKING:
    from voicebot.hearing.constraint import Constraint

SECOND_OF_AUDIO = bytes(16000)


class Engine(Recogniser):
    """Says what it is told to; blocks or breaks on demand."""

    name = "fake"
    has_preview = True

    def __init__(self, text: str = "ναι") -> None:
        self.text = text
        self.broken = False
        self.go = threading.Event()
        self.go.set()
        self.samples: list[int] = []
        self.previewed: list[int] = []
        self.closed = False

    def transcribe(
        self,
        audio: FloatArray,
        constraint: Constraint | None = None,
        hotwords: Sequence[str] = (),
    ) -> Transcript:
        self.samples.append(len(audio))
        self.go.wait()
        if self.broken:
            raise RecogniserError("out of order")
        return Transcript(self.text, 0.9, engine=self.name)

    def preview(self, audio: FloatArray) -> str:
        self.previewed.append(len(audio))
        self.go.wait()
        if self.broken:
            raise RecogniserError("out of order")
        return self.text[:2]

    def warm_up(self) -> None:
        pass

    def close(self) -> None:
        self.closed = True


class Clock:
    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


@asynccontextmanager
async def pool_of(
    engine: Engine,
    *,
    second: Engine | None = None,
    second_workers: int = 1,
    workers: int = 1,
    queue_limit: int = 2,
    deadline_s: float = 5.0,
    clock: Callable[[], float] | None = None,
) -> AsyncIterator[RecogniserPool]:
    extra = {} if clock is None else {"clock": clock}
    pool = RecogniserPool(
        engine,
        second=second,
        second_workers=second_workers,
        workers=workers,
        queue_limit=queue_limit,
        deadline_s=deadline_s,
        **extra,
    )
    before = set(threading.enumerate())
    try:
        yield pool
    finally:
        engine.go.set()
        if second is not None:
            second.go.set()
        await pool.close()
    assert set(threading.enumerate()) <= before
    assert engine.closed


async def idle(pool: RecogniserPool) -> None:
    """Wait until the workers have let go of what they have given."""
    while pool.metrics.running or pool.metrics.waiting:  # noqa: ASYNC110 - other threads change it
        await asyncio.sleep(0.001)


async def test_text_comes_back_with_its_lengths() -> None:
    engine = Engine()
    async with pool_of(engine) as pool:
        transcript = await pool.recognise(SECOND_OF_AUDIO)

    assert transcript.text == "ναι"
    assert transcript.audio_ms == 1000
    assert engine.samples == [16000]
    assert pool.metrics.done == 1


async def test_a_full_queue_refuses() -> None:
    engine = Engine()
    engine.go.clear()
    async with pool_of(engine, queue_limit=2) as pool:
        accepted = [pool.submit(SECOND_OF_AUDIO) for _ in range(3)]
        with pytest.raises(RecogniserBusy):
            pool.submit(SECOND_OF_AUDIO)
        assert pool.metrics.waiting + pool.metrics.running == 3
        assert pool.metrics.refused == 1
        engine.go.set()
        texts = [(await recognition.result()).text for recognition in accepted]

    assert texts == ["ναι"] * 3


async def test_a_guess_never_waits_for_a_worker() -> None:
    engine = Engine()
    engine.go.clear()
    async with pool_of(engine) as pool:
        guess = pool.submit(SECOND_OF_AUDIO, speculative=True)
        with pytest.raises(RecogniserBusy):
            pool.submit(SECOND_OF_AUDIO, speculative=True)
        assert pool.metrics.refused == 0
        guess.cancel()


async def test_cancelled_work_that_waits_is_not_done() -> None:
    engine = Engine()
    engine.go.clear()
    async with pool_of(engine) as pool:
        first = pool.submit(SECOND_OF_AUDIO)
        pool.submit(SECOND_OF_AUDIO).cancel()
        engine.go.set()
        await first.result()

    assert len(engine.samples) == 1


async def test_an_engine_that_hangs_is_given_up_at_the_deadline() -> None:
    engine = Engine()
    engine.go.clear()
    async with pool_of(engine, deadline_s=0.05) as pool:
        with pytest.raises(RecogniserUnavailable, match="deadline"):
            await pool.recognise(SECOND_OF_AUDIO)
        assert pool.metrics.failed == 1


async def test_waiting_too_long_is_the_load_and_not_the_engine() -> None:
    engine = Engine()
    engine.go.clear()
    async with pool_of(engine, deadline_s=0.05) as pool:
        stuck = pool.submit(SECOND_OF_AUDIO)
        with pytest.raises(RecogniserBusy):
            await pool.recognise(SECOND_OF_AUDIO)
        assert pool.metrics.failed == 0
        engine.go.set()
        stuck.cancel()


async def test_repeated_failures_take_the_engine_down_and_time_brings_it_back() -> None:
    engine, clock = Engine(), Clock()
    engine.broken = True
    async with pool_of(engine, clock=clock) as pool:
        for _ in range(3):
            assert pool.health is Health.UP
            with pytest.raises(RecogniserUnavailable, match="out of order"):
                await pool.recognise(SECOND_OF_AUDIO)
        assert pool.health is Health.DOWN
        with pytest.raises(RecogniserUnavailable, match="down"):
            await pool.recognise(SECOND_OF_AUDIO)
        assert len(engine.samples) == 3

        clock.now_s += 11
        with pytest.raises(RecogniserUnavailable, match="out of order"):
            await pool.recognise(SECOND_OF_AUDIO)
        assert pool.health is Health.DOWN

        clock.now_s += 11
        engine.broken = False
        assert (await pool.recognise(SECOND_OF_AUDIO)).text == "ναι"
        assert pool.health is Health.UP


async def test_the_second_engine_takes_over() -> None:
    engine, second = Engine(), Engine("όχι")
    engine.broken = True
    async with pool_of(engine, second=second) as pool:
        texts = [(await pool.recognise(SECOND_OF_AUDIO)).text for _ in range(5)]

    assert texts == ["όχι"] * 5
    assert len(engine.samples) == 3, "an engine that is down is left alone"


async def test_what_the_first_engine_has_no_room_for_goes_to_the_second() -> None:
    engine, second = Engine(), Engine("όχι")
    engine.go.clear()
    async with pool_of(engine, second=second, queue_limit=1) as pool:
        first = [pool.submit(SECOND_OF_AUDIO) for _ in range(2)]
        spilt = pool.submit(SECOND_OF_AUDIO)
        assert (await spilt.result()).text == "όχι"
        engine.go.set()
        assert [(await one.result()).text for one in first] == ["ναι"] * 2
        assert pool.metrics.by_second == 1
        assert pool.metrics.refused == 0


async def test_both_engines_full_is_busy_and_both_broken_is_unavailable() -> None:
    engine, second = Engine(), Engine("όχι")
    engine.go.clear()
    second.go.clear()
    async with pool_of(engine, second=second, queue_limit=1) as pool:
        accepted = [pool.submit(SECOND_OF_AUDIO) for _ in range(4)]
        with pytest.raises(RecogniserBusy):
            pool.submit(SECOND_OF_AUDIO)
        engine.broken = second.broken = True
        engine.go.set()
        second.go.set()
        for one in accepted:
            with pytest.raises(RecogniserUnavailable):
                await one.result()


async def test_both_engines_down_is_down_and_the_first_to_come_back_serves() -> None:
    engine, second, clock = Engine(), Engine("όχι"), Clock()
    engine.broken = second.broken = True
    async with pool_of(engine, second=second, clock=clock) as pool:
        for _ in range(3):
            with pytest.raises(RecogniserUnavailable, match="out of order"):
                await pool.recognise(SECOND_OF_AUDIO)
        assert pool.health is Health.DOWN
        clock.now_s += 11
        second.broken = False
        assert (await pool.recognise(SECOND_OF_AUDIO)).text == "όχι"
        assert pool.health is Health.UP
        clock.now_s += 11
        engine.broken = False
        assert (await pool.recognise(SECOND_OF_AUDIO)).text == "ναι"


async def test_a_guess_can_be_looked_at_without_waiting() -> None:
    engine = Engine()
    engine.go.clear()
    async with pool_of(engine) as pool:
        guess = pool.submit(SECOND_OF_AUDIO, speculative=True)
        assert guess.peek() is None
        assert not guess.is_done
        engine.go.set()
        assert (await guess.result()).text == "ναι"
        peeked = guess.peek()
        assert peeked is not None
        assert peeked.text == "ναι"


async def test_reading_along_takes_only_what_is_left_over() -> None:
    engine, clock = Engine(), Clock()
    async with pool_of(engine, clock=clock) as pool:
        engine.go.clear()
        busy = pool.submit(SECOND_OF_AUDIO)
        assert pool.preview(SECOND_OF_AUDIO) is None
        engine.go.set()
        await busy.result()
        await idle(pool)

        engine.go.clear()
        partial = pool.preview(SECOND_OF_AUDIO)
        assert partial is not None
        while not engine.previewed:  # noqa: ASYNC110 - another thread changes it
            await asyncio.sleep(0.001)
        clock.now_s += 1.0
        engine.go.set()
        assert (await partial.result()).text == "να"
        await idle(pool)
        clock.now_s += 2.9
        assert pool.preview(SECOND_OF_AUDIO) is None, "three times as long for others"
        clock.now_s += 0.2
        assert pool.preview(SECOND_OF_AUDIO) is not None
        assert pool.metrics.done == 1


async def test_a_broken_preview_is_nothing_and_harms_nobody() -> None:
    engine = Engine()
    engine.broken = True
    async with pool_of(engine) as pool:
        partial = pool.preview(SECOND_OF_AUDIO)
        assert partial is not None
        with pytest.raises(RecogniserUnavailable):
            await partial.result()
        assert partial.peek() is None
        assert pool.metrics.failed == 0


async def test_text_that_nobody_said_is_dropped_for_every_engine() -> None:
    async with pool_of(Engine("Υπότιτλοι AUTHORWAVE")) as pool:
        assert (await pool.recognise(SECOND_OF_AUDIO)).text == ""


async def test_a_caller_who_leaves_takes_the_work_along() -> None:
    engine = Engine()
    engine.go.clear()
    async with pool_of(engine) as pool:
        busy = pool.submit(SECOND_OF_AUDIO)
        task = asyncio.create_task(pool.recognise(SECOND_OF_AUDIO))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        engine.go.set()
        await busy.result()

    assert len(engine.samples) == 1


async def test_a_closed_pool_says_so() -> None:
    pool = RecogniserPool(Engine())
    await pool.close()

    with pytest.raises(RecogniserUnavailable, match="closed"):
        pool.submit(SECOND_OF_AUDIO)
