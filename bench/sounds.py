"""What is heard on a line when nobody speaks Greek: noise, music, tones, and other languages."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from bench.telephone import RATE_HZ, Samples, on_the_line, pink, silence, spoken

Make = Callable[[float, np.random.Generator], bytes]

LANGUAGES: dict[str, tuple[str, ...]] = {
    "en-us": (
        "hello I would like to speak to someone about my pension please",
        "yes",
        "do you speak English",
        "two one zero five five five one two three four",
    ),
    "de": ("guten Tag ich möchte einen Termin vereinbaren", "ja bitte", "sprechen Sie deutsch"),
    "fr": ("bonjour je voudrais prendre un rendez-vous", "oui merci", "parlez vous français"),
    "it": ("buongiorno vorrei informazioni sulla pensione", "sì grazie", "non capisco il greco"),
    "es": ("buenos días quisiera pedir una cita por favor", "sí claro", "no hablo griego"),
    "ru": ("здравствуйте я хочу узнать о пенсии", "да спасибо", "вы говорите по русски"),
    "tr": ("merhaba emeklilik hakkında bilgi almak istiyorum", "evet", "türkçe biliyor musunuz"),
    "sq": ("përshëndetje dua të pyes për pensionin", "po faleminderit", "a flisni shqip"),
    "bg": ("здравейте искам да попитам за пенсията", "да благодаря", "говорите ли български"),
    "pl": ("dzień dobry chciałbym zapytać o emeryturę", "tak dziękuję", "czy mówi pan po polsku"),
    "uk": ("добрий день я хочу запитати про пенсію", "так дякую", "ви розмовляєте українською"),
    "ar": ("مرحبا أريد أن أسأل عن التقاعد", "نعم شكرا", "هل تتكلم العربية"),
}
_BABBLE = ("el+m3", "el+f2", "el+Annie", "el+m7", "el+f5", "el+Mario")
_TALK = (
    "και του λέω δεν γίνεται αυτό το πράγμα κάθε φορά τα ίδια",
    "πέρασε από δω χθες το απόγευμα και δεν είπε τίποτα σε κανέναν",
    "άσε με τώρα έχω δουλειά θα σε πάρω εγώ αργότερα",
    "το βράδυ λέμε να πάμε μια βόλτα αν δεν βρέχει πάλι",
)
_DTMF = ((697, 1209), (697, 1336), (770, 1336), (852, 1477), (941, 1336), (770, 1209))


def _times(seconds: float) -> Samples:
    return np.asarray(np.arange(round(RATE_HZ * seconds)) / RATE_HZ, np.float32)


def _pcm(samples: Samples, dbfs: float) -> bytes:
    """At a level of its loudest half, in dBFS."""
    loud = np.abs(samples)[np.abs(samples) > 0]
    level = float(np.sqrt(np.mean(loud**2))) if len(loud) else 1.0
    scaled = samples / level * 32768 * 10 ** (dbfs / 20)
    return bytes(np.clip(scaled, -32768, 32767).astype("<i2").tobytes())


def _nothing(seconds: float, rng: np.random.Generator) -> bytes:
    return silence(seconds * 1000)


def _line_noise(seconds: float, rng: np.random.Generator) -> bytes:
    return on_the_line(silence(seconds * 1000), -55.0, rng)


def _white(seconds: float, rng: np.random.Generator) -> bytes:
    return _gusts(rng.standard_normal(round(seconds * RATE_HZ)).astype(np.float32), rng)


def _pink(seconds: float, rng: np.random.Generator) -> bytes:
    return _gusts(pink(round(seconds * RATE_HZ), rng), rng)


def _gusts(noise: Samples, rng: np.random.Generator) -> bytes:
    """Noise that comes and goes over a second or so, as a street does: −45 to −20 dBFS."""
    points = rng.uniform(-45, -20, max(2, len(noise) // RATE_HZ + 1))
    level = np.interp(np.arange(len(noise)), np.linspace(0, len(noise), len(points)), points)
    shaped = noise / float(noise.std()) * 32768 * 10 ** (level / 20)
    return np.clip(shaped, -32768, 32767).astype("<i2").tobytes()


def _babble(seconds: float, rng: np.random.Generator) -> bytes:
    """Six people talking at once, behind the caller."""
    whole = np.zeros(round(seconds * RATE_HZ), np.float32)
    for voice in _BABBLE:
        at = round(rng.uniform(0, 2) * RATE_HZ)
        while at < len(whole):
            said = spoken(_TALK[rng.integers(len(_TALK))], voice, 1.1)
            piece = np.frombuffer(said, "<i2").astype(np.float32)[: len(whole) - at]
            whole[at : at + len(piece)] += piece
            at += len(piece) + round(rng.uniform(0.1, 0.8) * RATE_HZ)
    return _pcm(whole, -32.0)


def _music(seconds: float, rng: np.random.Generator) -> bytes:
    """Chords, a melody with vibrato and a beat, as music on hold has them."""
    time = _times(seconds)
    whole = np.zeros(len(time), np.float32)
    beat = round(0.4 * RATE_HZ)
    scale = 220 * 2 ** (np.array([0, 2, 4, 5, 7, 9, 11, 12, 14, 16]) / 12)
    for start in range(0, len(time), beat):
        span = time[start : start + beat] - time[start]
        note = scale[rng.integers(len(scale))] * (1 + 0.004 * np.sin(2 * np.pi * 5.5 * span))
        fade = np.exp(-span * 3)
        tune = sum(np.sin(2 * np.pi * note * k * span) / k for k in range(1, 6))
        chord = sum(np.sin(2 * np.pi * scale[k] * span) for k in rng.integers(0, 6, 3))
        drum = rng.standard_normal(len(span)) * np.exp(-span * 60)
        whole[start : start + len(span)] += (tune * fade + 0.5 * chord * fade + drum).astype(
            np.float32
        )
    return _pcm(whole, -20.0)


def _tones(seconds: float, rng: np.random.Generator) -> bytes:
    """Ringing, busy, the fax's call, and a hum: each for a quarter of the time."""
    time = _times(seconds)
    quarter = len(time) // 4 + 1
    ringing = np.sin(2 * np.pi * 425 * time) * (time % 5 < 1)
    busy = np.sin(2 * np.pi * 425 * time) * (time % 0.66 < 0.33)
    fax = np.sin(2 * np.pi * 1100 * time) * (time % 3.5 < 0.5)
    hum = np.sin(2 * np.pi * 100 * time) + 0.4 * np.sin(2 * np.pi * 300 * time)
    parts = [part[at * quarter : (at + 1) * quarter] for at, part in
             enumerate((ringing, busy, fax, hum))]  # fmt: skip
    return _pcm(np.concatenate(parts).astype(np.float32), -18.0)


def _dtmf(seconds: float, rng: np.random.Generator) -> bytes:
    time = _times(seconds)
    whole = np.zeros(len(time), np.float32)
    at = 0
    while at < len(time):
        low, high = _DTMF[rng.integers(len(_DTMF))]
        span = time[at : at + RATE_HZ // 8]
        whole[at : at + len(span)] = np.sin(2 * np.pi * low * span) + np.sin(
            2 * np.pi * high * span
        )
        at += round(rng.uniform(0.2, 1.5) * RATE_HZ)
    return _pcm(whole, -15.0)


def _other_languages(seconds: float, rng: np.random.Generator) -> bytes:
    pcm = silence(500)
    while len(pcm) < seconds * RATE_HZ * 2:
        language = tuple(LANGUAGES)[rng.integers(len(LANGUAGES))]
        variant = ("", "+m3", "+f2", "+f4", "+m7")[rng.integers(5)]
        text = LANGUAGES[language][rng.integers(len(LANGUAGES[language]))]
        pcm += spoken(text, language + variant, rng.uniform(0.9, 1.2))
        pcm += silence(rng.uniform(900, 2500))
    return on_the_line(pcm, -55.0, rng)


SOUNDS: dict[str, Make] = {
    "silence": _nothing,
    "line noise": _line_noise,
    "white noise": _white,
    "pink noise": _pink,
    "babble": _babble,
    "music": _music,
    "tones": _tones,
    "dtmf": _dtmf,
    "other languages": _other_languages,
}
"""Each makes so many seconds of 16-bit mono PCM at 8000 Hz."""
