"""The parts that all calls share, put together from the settings and taken apart again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import date

from voicebot.cli.opening import open_records
from voicebot.dialogue.converse import Services
from voicebot.dialogue.prompts import fixed
from voicebot.hearing.loading import load_recogniser, load_second
from voicebot.hearing.pool import RecogniserPool
from voicebot.hearing.vad import SileroVad
from voicebot.line.names import spoken_names
from voicebot.settings import Settings
from voicebot.speaking.speaker import Speaker, open_speaker
from voicebot.understanding.classifier import Classifier
from voicebot.understanding.knowledge import load_knowledge
from voicebot.understanding.places import all_places, parse_place


@dataclass(frozen=True)
class Ears:
    """What hears."""

    pool: RecogniserPool
    vad: SileroVad


@asynccontextmanager
async def services(settings: Settings) -> AsyncIterator[Services]:
    """Knowledge, classifier and records.

    Raises:
        KnowledgeError, ClassifierError, RecordsError: a part cannot be used; the text says why.
    """
    knowledge = load_knowledge(settings.understanding.intents)
    classifier = Classifier.load(settings.understanding.model, knowledge)
    # Builds the tables of places; in the first call that needs them all calls would wait for it.
    parse_place(all_places()[0].label)
    records = await open_records(settings)
    try:
        yield Services(knowledge, classifier, records)
    finally:
        await records.close()


@asynccontextmanager
async def speaker(settings: Settings) -> AsyncIterator[Speaker]:
    """The voice of the line, with espeak-ng behind it.

    Raises:
        VoiceError: it cannot be loaded.
    """
    speaking = open_speaker(settings.speaking)
    try:
        yield speaking
    finally:
        await speaking.close()


@asynccontextmanager
async def ears(settings: Settings) -> AsyncIterator[Ears]:
    """The shared recogniser pool, warm, and the shared voice activity detector.

    Raises:
        RecogniserError: the model cannot be loaded.
    """
    hearing = settings.hearing
    async with AsyncExitStack() as stack:
        recogniser = await asyncio.to_thread(load_recogniser, hearing)
        stack.callback(recogniser.close)
        await asyncio.to_thread(recogniser.warm_up)
        await asyncio.to_thread(recogniser.prepare, spoken_names())
        second = await asyncio.to_thread(load_second, hearing)
        if second is not None:
            stack.callback(second.close)
            await asyncio.to_thread(second.warm_up)
        pool = RecogniserPool(
            recogniser,
            second=second,
            workers=hearing.workers,
            second_workers=hearing.second_workers,
            queue_limit=hearing.queue_limit,
            deadline_s=hearing.deadline_s,
        )
        stack.push_async_callback(pool.close)
        yield Ears(pool, SileroVad())


async def prerender(speaking: Speaker, known: Services, today: date) -> int:
    """Render what is said often, so that no caller waits for it: prompts and answers.

    Returns:
        How many sentences are ready.
    """
    answers = (entry.spoken_answer(today) for entry in known.knowledge if entry.is_question)
    return await speaking.prerender([*fixed(), *answers])
