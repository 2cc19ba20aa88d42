"""An event loop whose clock jumps: a call of a minute is played in a moment."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """Instead of waiting for a timer, sets the clock to it. Nothing in it may wait for a thread."""

    def __init__(self) -> None:
        super().__init__()
        self._now_s = 1000.0
        wait = self._selector.select

        def select(timeout: float | None = None) -> Any:
            events = wait(0)
            if not events and timeout is None:
                return wait(0.01)
            if not events and timeout:
                self._now_s += timeout
            return events

        self._selector.select = select

    def time(self) -> float:
        return self._now_s


def run_virtual(scenario: Coroutine[Any, Any, T]) -> T:
    """Run to the end; fail when a task is left behind."""
    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:

        async def checked() -> T:
            result = await asyncio.wait_for(scenario, 3600)
            left = asyncio.all_tasks() - {asyncio.current_task()}
            assert not left, f"tasks outlive the call: {[task.get_coro() for task in left]}"
            return result

        return runner.run(checked())
