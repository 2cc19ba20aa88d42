"""The espeak-ng voice, from the library that the `espeakng-loader` package carries."""

from __future__ import annotations

import ctypes
import threading
from pathlib import Path
from typing import Final

import espeakng_loader

from voicebot.speaking.pronunciation import nasalise, respell
from voicebot.speaking.voice import Voice, VoiceError

# The values are those of espeak-ng's speak_lib.h.
_AUDIO_OUTPUT_SYNCHRONOUS: Final = 2
_INITIALIZE_DONT_EXIT: Final = 0x8000
_CHARS_UTF8: Final = 1
_END_PAUSE: Final = 0x1000
_POS_CHARACTER: Final = 1
_PARAMETER_RATE: Final = 1
_PARAMETER_VOLUME: Final = 2
_PARAMETER_PITCH: Final = 3
_PARAMETER_RANGE: Final = 4
_PARAMETER_WORDGAP: Final = 7
_RATE_MIN_WPM: Final = 80
_RATE_MAX_WPM: Final = 450

# Of the variants, the one with a high speech intelligibility index in the telephone band (0.72 in
# speech-shaped noise at 5 dB, plain "el" 0.69), no clipping and a low crest factor.
DEFAULT_VARIANT: Final = "el+Annie"
# espeak-ng's own 175 words a minute is a reading speed; official telephone announcements
# are slower, and what is said is heard once.
NORMAL_RATE_WPM: Final = 155

_SynthCallback = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p
)


class _Engine:
    """The one espeak-ng of the process: the library keeps voice and parameters in globals."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._library: ctypes.CDLL | None = None
        self._sample_rate_hz = 0
        self._variant: str | None = None
        self._samples = bytearray()
        # Kept as long as the library may call it.
        self._callback = _SynthCallback(self._collect)

    def _collect(self, samples: object, count: int, _events: object) -> int:
        if count and samples:
            self._samples += ctypes.string_at(samples, 2 * count)  # type: ignore[arg-type]
        return 0

    def _loaded(self) -> ctypes.CDLL:
        if self._library is None:
            try:
                library = ctypes.CDLL(espeakng_loader.get_library_path())
            except OSError as error:
                raise VoiceError(
                    f"espeak-ng cannot be loaded ({error}); reinstall the package espeakng-loader"
                ) from error
            data = str(espeakng_loader.get_data_path()).encode()
            rate = library.espeak_Initialize(
                _AUDIO_OUTPUT_SYNCHRONOUS, 0, data, _INITIALIZE_DONT_EXIT
            )
            if rate <= 0:
                raise VoiceError(
                    f"espeak-ng found no data in {data.decode()}; "
                    "reinstall the package espeakng-loader"
                )
            library.espeak_SetSynthCallback(self._callback)
            self._sample_rate_hz = rate
            self._library = library
        return self._library

    def select(self, variant: str) -> int:
        """Check that a voice exists; return its sample rate in Hz."""
        base, _, suffix = variant.partition("+")
        # An unknown variant is silently left out by the library: look for its file.
        file = Path(espeakng_loader.get_data_path()) / "voices" / "!v" / suffix
        if suffix and (not suffix.replace("-", "").isalnum() or not file.is_file()):
            raise VoiceError(
                f"espeak-ng has no voice variant {suffix!r} "
                f"(setting speaking.espeak_variant); for example {base}+f2"
            )
        with self._lock:
            self._set_voice(self._loaded(), variant)
            return self._sample_rate_hz

    def _set_voice(self, library: ctypes.CDLL, variant: str) -> None:
        if variant == self._variant:
            return
        if library.espeak_SetVoiceByName(variant.encode()) != 0:
            self._variant = None
            raise VoiceError(
                f"espeak-ng has no voice {variant!r} (setting speaking.espeak_variant)"
            )
        self._variant = variant

    def synthesize(
        self, text: str, variant: str, *, rate_wpm: int, pitch: int, pitch_range: int
    ) -> bytes:
        """PCM16 of a text."""
        encoded = text.encode() + b"\0"
        with self._lock:
            library = self._loaded()
            self._set_voice(library, variant)
            for parameter, value in (
                (_PARAMETER_RATE, rate_wpm),
                (_PARAMETER_VOLUME, 80),  # 100 clips with some variants
                (_PARAMETER_PITCH, pitch),
                (_PARAMETER_RANGE, pitch_range),
                (_PARAMETER_WORDGAP, 1),
            ):
                library.espeak_SetParameter(parameter, value, 0)
            self._samples = bytearray()
            status = library.espeak_Synth(
                encoded, len(encoded), 0, _POS_CHARACTER, 0, _CHARS_UTF8 | _END_PAUSE, None, None
            )
            if status == 0:
                status = library.espeak_Synchronize()
            pcm, self._samples = bytes(self._samples), bytearray()
        if status != 0:
            raise VoiceError(f"espeak-ng failed with status {status} on {text[:40]!r}")
        return pcm


_ENGINE = _Engine()


class EspeakVoice(Voice):
    """A formant voice: small, instant, always there; the fallback of every other voice."""

    def __init__(
        self,
        variant: str = DEFAULT_VARIANT,
        *,
        pitch: int = 50,
        pitch_range: int = 50,
        nasal: bool = False,
    ) -> None:
        """Load a voice.

        Args:
            variant: espeak-ng voice, with a variant behind a plus sign: "el", "el+f2".
            pitch: 0 to 100, 50 normal.
            pitch_range: 0 monotone to 100 lively, 50 normal.
            nasal: careful speech, "pende" for «πέντε»; everyday speech, as the library's rules
                have it, is "pede".

        Raises:
            VoiceError: the library or the variant is missing.
        """
        self.name = f"espeak-{variant}-{pitch}-{pitch_range}{'-nasal' if nasal else ''}"
        self._variant = variant
        self._pitch = pitch
        self._pitch_range = pitch_range
        self._nasal = nasal
        self.sample_rate_hz = _ENGINE.select(variant)

    def synthesize(self, text: str, *, rate: float = 1.0) -> bytes:
        """See `Voice.synthesize`."""
        if not text.strip():
            return b""
        spelt = respell(text)
        wpm = min(_RATE_MAX_WPM, max(_RATE_MIN_WPM, round(NORMAL_RATE_WPM * rate)))
        return _ENGINE.synthesize(
            nasalise(spelt) if self._nasal else spelt,
            self._variant,
            rate_wpm=wpm,
            pitch=self._pitch,
            pitch_range=self._pitch_range,
        )
