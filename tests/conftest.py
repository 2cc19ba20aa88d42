"""Every test must leave nothing behind, no asyncio task and no thread; how tests share two cores;
and the knowledge and classifier that they share."""

from __future__ import annotations

import asyncio
import gc
import inspect
import os
import threading
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from voicebot.settings import ROOT

if TYPE_CHECKING:
    from voicebot.understanding.classifier import Classifier
    from voicebot.understanding.knowledge import Knowledge

# What takes seconds to import is imported by the fixtures that need it: every process would wait.

# Every process that runs tests has telephone audio on ports of its own: what a call that is over
# still gets must not be heard in another.
_AUDIO_PORTS_FROM = 16_000
_AUDIO_PORTS = 1_000


def pytest_configure(config: pytest.Config) -> None:
    """Ports of a process of pytest-xdist's; without it there is one, which has the default."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    if number := worker.removeprefix("gw"):
        first = _AUDIO_PORTS_FROM + _AUDIO_PORTS * int(number)
        os.environ["VOICEBOT_TELEPHONY__RTP_PORT_MIN"] = str(first)
        os.environ["VOICEBOT_TELEPHONY__RTP_PORT_COUNT"] = str(_AUDIO_PORTS)


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """A process for each core when everything is run, and one more when there are calls, which
    mostly wait for speech to be over; none for single files, which would only start slower."""
    if config.args_source is not pytest.Config.ArgsSource.TESTPATHS:
        return 0
    return (os.cpu_count() or 1) + (not config.option.markexpr)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Calls first and side by side, while the cores are nearly idle; then what takes seconds, then
    what is quick, so that the processes end together."""
    items.sort(key=_rank)


def _rank(item: pytest.Item) -> int:
    is_slow = item.get_closest_marker("slow") is not None
    if item.get_closest_marker("call") is not None:
        return 0 if is_slow else 1
    return 2 if is_slow or item.get_closest_marker("browser") is not None else 3


@pytest.fixture(scope="session")
def knowledge() -> Knowledge:
    """What ships in intents/."""
    from voicebot.understanding.knowledge import load_knowledge

    return load_knowledge(ROOT / "intents")


@pytest.fixture(scope="session")
def model_folder(knowledge: Knowledge, pytestconfig: pytest.Config) -> Path:
    """Where the trained classifier lies; to be left as it is."""
    from tests.classifier import trained_classifier

    assert pytestconfig.cache is not None
    return trained_classifier(knowledge, pytestconfig.cache.mkdir("classifier"))


@pytest.fixture(scope="session")
def classifier(knowledge: Knowledge, model_folder: Path) -> Classifier:
    """The classifier of the shipped knowledge."""
    from voicebot.understanding.classifier import Classifier

    return Classifier.load(model_folder, knowledge)


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
