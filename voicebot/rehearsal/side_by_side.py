"""Several pieces of work at once, their results as they come."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Coroutine, Iterable
from typing import Any, TypeVar

T = TypeVar("T")


async def as_they_end(works: Iterable[Coroutine[Any, Any, T]]) -> AsyncGenerator[T]:
    """Start all and give each result when it is there.

    Take it by `contextlib.aclosing`: who stops in the middle ends the rest by that.
    """
    tasks = [asyncio.create_task(work) for work in works]
    try:
        for finished in asyncio.as_completed(tasks):
            yield await finished
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
