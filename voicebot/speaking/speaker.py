"""The one speaker of the process: text in, telephone audio out, first sentence first."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import AsyncGenerator, Iterable
from concurrent.futures import ThreadPoolExecutor

import structlog

from voicebot.settings import Speaking
from voicebot.speaking import audio
from voicebot.speaking.normaliser import normalise
from voicebot.speaking.prompts import PromptCache, prompt_key
from voicebot.speaking.sentences import phrases, sentences
from voicebot.speaking.voice import Voice, VoiceError
from voicebot.speaking.voices import load_fallback, load_voice

_SENTENCE_PAUSE_MS = 300.0
_PHRASE_PAUSE_MS = 350.0
_ATTEMPTS = 2
RATE_MIN, RATE_MAX = 0.5, 2.0

_log = structlog.get_logger(__name__)


class Speaker:
    """Normalises, synthesizes, levels, resamples and caches; shared by all calls.

    Calls that want the same sentence at the same time share one rendering.
    """

    def __init__(
        self,
        voice: Voice,
        cache: PromptCache | None = None,
        fallback: Voice | None = None,
        *,
        normal_rate: float = 1.0,
        workers: int = 2,
        chunk_ms: int = 200,
    ) -> None:
        """Make a speaker.

        Args:
            voice: the voice of the line.
            cache: renderings kept; memory only by default.
            fallback: the voice that takes over a sentence on which `voice` failed twice.
            normal_rate: speed of the voice that `rate` 1.0 means.
            workers: threads that synthesize.
            chunk_ms: length of the pieces that `stream` gives.
        """
        self.voice = voice
        self.fallback = fallback
        self._cache = cache or PromptCache()
        self._normal_rate = normal_rate
        self._chunk_ms = chunk_ms
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="speaker")
        self._renderings: dict[str, asyncio.Task[bytes]] = {}
        self._closed = False

    async def stream(
        self,
        text: str,
        *,
        rate: float = 1.0,
        gain_db: float = 0.0,
        sample_rate_hz: int = 8000,
    ) -> AsyncGenerator[bytes, None]:
        """Speak a text, sentence by sentence.

        Args:
            text: written Greek; numbers, dates and acronyms are put into words here.
            rate: speed, 0.5 to 2.0, 1.0 normal.
            gain_db: louder or softer than the normal −20 dBFS; peaks stay limited.
            sample_rate_hz: of the PCM given.

        Yields:
            Signed 16-bit little-endian mono PCM, at most `chunk_ms` long each.

        Raises:
            VoiceError: no voice could speak it, or the speaker is closed.
            ValueError: the rate is out of range.
        """
        spoken = sentences(normalise(text))
        size = 2 * (sample_rate_hz * self._chunk_ms // 1000)
        begun = [self._begin(sentence, rate, sample_rate_hz) for sentence in spoken[:1]]
        for index in range(len(spoken)):
            # Shielded: a caller who interrupts must not take the rendering from another call.
            pcm = await asyncio.shield(begun[index])
            if index + 1 < len(spoken):
                # Made while this one is listened to, and not before: the first sentences of other
                # calls come first.
                begun.append(self._begin(spoken[index + 1], rate, sample_rate_hz))
                pcm += audio.silence(_SENTENCE_PAUSE_MS / rate, sample_rate_hz)
            if gain_db:
                louder = audio.amplify(audio.from_pcm16(pcm), gain_db)
                pcm = audio.to_pcm16(audio.limit_peaks(louder))
            for start in range(0, len(pcm), size):
                yield pcm[start : start + size]

    async def render(
        self,
        text: str,
        *,
        rate: float = 1.0,
        gain_db: float = 0.0,
        sample_rate_hz: int = 8000,
    ) -> bytes:
        """The whole of what `stream` gives, in one piece."""
        pieces = [
            piece
            async for piece in self.stream(
                text, rate=rate, gain_db=gain_db, sample_rate_hz=sample_rate_hz
            )
        ]
        return b"".join(pieces)

    async def prerender(
        self, texts: Iterable[str], *, rate: float = 1.0, sample_rate_hz: int = 8000
    ) -> int:
        """Render fixed prompts ahead and keep them on disk. Not for texts with personal data.

        Returns:
            How many sentences are ready.
        """
        wanted = dict.fromkeys(part for text in texts for part in sentences(normalise(text)))
        for sentence in wanted:
            await asyncio.shield(self._begin(sentence, rate, sample_rate_hz, keep=True))
        return len(wanted)

    async def close(self) -> None:
        """Finish what is being synthesized and free threads and voices."""
        self._closed = True
        await asyncio.gather(*self._renderings.values(), return_exceptions=True)
        self._pool.shutdown(wait=True)
        self.voice.close()
        if self.fallback is not None:
            self.fallback.close()

    def _begin(
        self, sentence: str, rate: float, sample_rate_hz: int, *, keep: bool = False
    ) -> asyncio.Future[bytes]:
        if self._closed:
            raise VoiceError("the speaker is closed")
        if not RATE_MIN <= rate <= RATE_MAX:
            raise ValueError(f"rate {rate} is not between {RATE_MIN} and {RATE_MAX}")
        rate = min(RATE_MAX, max(RATE_MIN, rate * self._normal_rate))
        key = prompt_key(sentence, self.voice.name, rate, sample_rate_hz)
        pcm = self._cache.recall(key)
        if pcm is not None and not (keep and not self._cache.on_disk(key)):
            done: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
            done.set_result(pcm)
            return done
        name = f"{key}{'+' if keep else ''}"
        task = self._renderings.get(name)
        if task is None:
            task = asyncio.create_task(self._rendering(sentence, rate, sample_rate_hz, keep))
            self._renderings[name] = task
            task.add_done_callback(functools.partial(self._finished, name))
        return task

    def _finished(self, name: str, task: asyncio.Task[bytes]) -> None:
        del self._renderings[name]
        if not task.cancelled():
            # Fetched so that an error nobody waits for any more is not reported as lost.
            task.exception()

    async def _rendering(
        self, sentence: str, rate: float, sample_rate_hz: int, keep: bool
    ) -> bytes:
        make = functools.partial(self._make, sentence, rate, sample_rate_hz, keep)
        return await asyncio.get_running_loop().run_in_executor(self._pool, make)

    def _make(self, sentence: str, rate: float, sample_rate_hz: int, keep: bool) -> bytes:
        """Runs on a worker thread."""
        voices = [self.voice] * _ATTEMPTS
        if self.fallback is not None:
            voices.append(self.fallback)
        for voice in voices:
            key = prompt_key(sentence, voice.name, rate, sample_rate_hz)
            cached = self._cache.get(key)
            if cached is not None:
                if keep and not self._cache.on_disk(key):
                    self._cache.put(key, cached, keep=True)
                return cached
            try:
                pcm = _synthesize(voice, sentence, rate, sample_rate_hz)
            except VoiceError as error:
                failure = error
                _log.warning("voice failed", voice=voice.name, error=str(error))
                continue
            self._cache.put(key, pcm, keep=keep)
            return pcm
        raise failure


def open_speaker(settings: Speaking) -> Speaker:
    """The speaker of the settings: its voice, the fallback, and the prompts kept on disk.

    Raises:
        VoiceError: the voice cannot be loaded; the text says the mend.
    """
    voice = load_voice(settings)
    return Speaker(
        voice,
        PromptCache(settings.cache),
        load_fallback(settings, voice),
        normal_rate=settings.rate,
    )


def _synthesize(voice: Voice, sentence: str, rate: float, sample_rate_hz: int) -> bytes:
    parts: list[bytes] = []
    for phrase in phrases(sentence):
        samples = audio.from_pcm16(voice.synthesize(phrase, rate=rate))
        samples = audio.trim_silence(samples, voice.sample_rate_hz)
        if not len(samples):
            raise VoiceError(f"voice {voice.name} gave no sound")
        samples = audio.resample(samples, voice.sample_rate_hz, sample_rate_hz)
        samples = audio.normalise_level(samples, sample_rate_hz)
        if parts:
            parts.append(audio.silence(_PHRASE_PAUSE_MS / rate, sample_rate_hz))
        parts.append(audio.to_pcm16(samples))
    return b"".join(parts)
