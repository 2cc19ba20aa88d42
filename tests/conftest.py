"""Every test must leave nothing behind: no asyncio task, no thread."""

from __future__ import annotations

import asyncio
import gc
import inspect
import threading
import time
from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio


@pytest.fixture(autouse=True)
def no_thread_outlives_the_test() -> Iterator[None]:
    """Fail a test that leaves a thread of its own running."""
    before = set(threading.enumerate())
    yield
    deadline = time.monotonic() + 5.0
    while left := _new_threads(before):
        if time.monotonic() > deadline:
            pytest.fail(f"threads outlive the test: {sorted(thread.name for thread in left)}")
        gc.collect()
        time.sleep(0.01)


def _new_threads(before: set[threading.Thread]) -> set[threading.Thread]:
    # asyncio's default executor is shut down with its loop, after the fixtures of the test.
    return {
        thread
        for thread in set(threading.enumerate()) - before
        if thread.is_alive() and not thread.name.startswith("asyncio_")
    }


@pytest.fixture(autouse=True)
def watch_tasks_of_asynchronous_tests(request: pytest.FixtureRequest) -> None:
    """Only they have a loop to look at."""
    if inspect.iscoroutinefunction(getattr(request.node, "obj", None)):
        request.getfixturevalue("no_task_outlives_the_test")


@pytest_asyncio.fixture
async def no_task_outlives_the_test() -> AsyncIterator[None]:
    """Fail a test that leaves an asyncio task of its own running."""
    before = asyncio.all_tasks()
    yield
    for _ in range(100):
        left = [
            task
            for task in asyncio.all_tasks() - before
            if task is not asyncio.current_task() and not task.done()
        ]
        if not left:
            return
        await asyncio.sleep(0.01)
    pytest.fail(f"tasks outlive the test: {[task.get_coro() for task in left]}")
