"""Plays scripts of whole calls as they are heard: spoken, sent through the telephone's codec and
recognised, but without a telephone and without waiting."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, aclosing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from voicebot.dialogue.channel import (
    Heard,
    HungUp,
    Keys,
    Silence,
    Unheard,
    Utterance,
)
from voicebot.dialogue.converse import Services, converse
from voicebot.dialogue.meaning import Understands
from voicebot.dialogue.script_channel import PlayedChannel
from voicebot.dialogue.script_checks import Evidence
from voicebot.dialogue.script_scene import make_template, scene_of
from voicebot.dialogue.scripts import ScriptCall, ScriptFile
from voicebot.hearing.gates import believed
from voicebot.hearing.recogniser import FloatArray, Recogniser
from voicebot.line.belief import is_worth_asking, taken
from voicebot.line.constraints import constraint_for, hotwords_for
from voicebot.line.inbox import utterance_of
from voicebot.rehearsal.scripted_part import Press, Quiet, Say, ScriptedPart, SpokenResult
from voicebot.rehearsal.side_by_side import as_they_end
from voicebot.rehearsal.spoken_rows import VARIANTS, telephone
from voicebot.rehearsal.verdict import judged
from voicebot.settings import Settings
from voicebot.speaking.espeak import EspeakVoice
from voicebot.speaking.speaker import Speaker
from voicebot.understanding.expectation import FREE, Expectation
from voicebot.understanding.knowledge import Knowledge

_SPOKEN_HZ = 8000
_MOST_TURNS = 120


async def play_heard(
    scripts: ScriptFile,
    knowledge: Knowledge,
    classifier: Understands,
    recogniser: Recogniser,
    settings: Settings,
    *,
    only: Sequence[str] = (),
    at_once: int = 1,
) -> AsyncIterator[SpokenResult]:
    """Play the calls of a file, each with records of its own; results come as the calls end.

    What a telephone adds is not in it: the end of a turn, interruptions, keys as tones, times.

    Args:
        only: ids of the calls that are played; all when empty. A call has the same voice
            whichever others are played.
        at_once: how many calls are played side by side.
    """
    gate = asyncio.Semaphore(at_once)
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(TemporaryDirectory(prefix="voicebot-heard-"))
        template = await make_template(Path(folder))
        speakers = [Speaker(EspeakVoice(variant, nasal=True)) for variant in VARIANTS]
        for speaker in speakers:
            stack.push_async_callback(speaker.close)
        # The migrations keep their state in a module: one database is opened at a time.
        opening = asyncio.Lock()

        async def play(number: int, script: ScriptCall) -> SpokenResult:
            ear = Ear(recogniser, settings, speakers[number % len(speakers)])
            async with gate:
                return await _play(
                    script, scripts, knowledge, classifier, settings, ear, template, opening
                )

        calls = [
            play(number, script)
            for number, script in enumerate(scripts.calls)
            if not only or script.id in only
        ]
        async with aclosing(as_they_end(calls)) as played:
            async for result in played:
                yield result


async def _play(
    script: ScriptCall,
    scripts: ScriptFile,
    knowledge: Knowledge,
    classifier: Understands,
    settings: Settings,
    ear: Ear,
    template: Path,
    opening: asyncio.Lock,
) -> SpokenResult:
    began = time.monotonic()
    async with AsyncExitStack() as stack:
        async with opening:
            scene = await stack.enter_async_context(
                scene_of(script, scripts.moment, settings.dialogue, template=template)
            )
        part = ScriptedPart(script, scene.numbers, scene.moment)
        channel = HeardChannel(script, part, ear)
        outcome = await converse(
            channel,
            Services(knowledge, classifier, scene.records),
            scene.settings,
            clock=lambda: scene.moment,
            observers=(part,),
            course=scene.course,
        )
    evidence = Evidence(part.journal, channel.said, part.played, channel.end, scene.numbers)
    return judged(script, part, evidence, outcome.value, time.monotonic() - began)


class Ear:
    """Speaks as one caller and hears it as the line would.

    Args:
        recogniser: as the line has it.
        settings: the least confidences.
        speaker: the caller's voice.
    """

    def __init__(self, recogniser: Recogniser, settings: Settings, speaker: Speaker) -> None:
        self._recogniser = recogniser
        self._settings = settings.hearing
        self._speaker = speaker
        self._noise = 0

    async def hear(self, text: str, expectation: Expectation) -> Utterance | Unheard:
        """What the line hears of a text, said where it expects something.

        Raises:
            VoiceError: it cannot be spoken.
            RecogniserError: it cannot be recognised.
        """
        self._noise += 1
        pcm = await self._speaker.render(text, sample_rate_hz=_SPOKEN_HZ)
        samples = (np.frombuffer(pcm, "<i2") / 32768).astype(np.float32)
        audio = telephone(samples, _SPOKEN_HZ, seed=self._noise)
        return await asyncio.to_thread(self._recognise, audio, expectation)

    def _recognise(self, audio: FloatArray, expectation: Expectation) -> Utterance | Unheard:
        constraint = constraint_for(expectation)
        found = self._recogniser.transcribe(audio, constraint, hotwords_for(expectation))
        audio_ms = len(audio) // 16
        transcript = believed(replace(found, audio_ms=found.audio_ms or audio_ms))
        transcript, is_given = taken(
            transcript,
            self._settings,
            constraint=constraint,
            is_open=expectation.open,
            truncated=False,
        )
        heard = utterance_of(transcript)
        if is_given:
            return heard
        return Unheard(doubted=heard if is_worth_asking(transcript, self._settings) else None)


class HeardChannel(PlayedChannel):
    """A scripted caller whose words are spoken and recognised."""

    def __init__(self, script: ScriptCall, part: ScriptedPart, ear: Ear) -> None:
        super().__init__(script, f"heard-{script.id}")
        self._part = part
        self._ear = ear

    async def listen(self, expectation: Expectation = FREE, *, timeout: timedelta) -> Heard:
        """What is heard of the caller's move.

        Raises:
            HungUp: the caller puts the phone down.
        """
        if self._part.agent_turns >= _MOST_TURNS:
            raise HungUp
        match self._part.asked(expectation.slot):
            case Say(text):
                heard = await self._ear.hear(text, expectation)
                self._part.caught(heard.text if isinstance(heard, Utterance) else "")
                return heard
            case Press(keys):
                return Keys(keys)
            case Quiet.WAIT:
                return Silence()
            case _:
                raise HungUp
