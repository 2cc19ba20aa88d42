"""Recordings of people in other collections: who says what in which file.

    python -m models.greek.recordings [tuxpaint ktuberling …]

Each collection lies unpacked in WORK/recordings under the name that `SOURCES` gives it; those that
are missing are left out. Every collection becomes a shard: `human-NAME` (other languages, spelled
by sound) and, for Greek, `people-NAME`. GCompris and KTuberling in Greek are never read: they are
what checkpoints are chosen by.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import numpy.typing as npt
import soundfile
import soxr
from babel import Locale, UnknownLocaleError

from models.greek.places import WORK
from models.greek.spelling import pronounce
from models.greek.synth import RATE_HZ, trimmed

FOLDER = WORK / "recordings"
_SECONDS = (0.2, 12.0)


@dataclass(frozen=True)
class Recording:
    file: Path
    language: str  # an espeak-ng voice; "el" is written as it is
    speaker: str
    text: str


#: Too far from Greek, or without rules in espeak-ng; Greek itself is for choosing.
_FAR = {"zh_CN", "zh_TW", "th", "he", "ur", "nn", "so", "pa", "kn", "ast", "br", "gd", "ar", "el"}
#: The speakers of Spanish are Americans: no θ.
_VOICES = {"en": "en-us", "pt_BR": "pt-br", "fr": "fr-fr", "es": "es-419"}


def tuxpaint(folder: Path) -> Iterator[Recording]:
    """Spoken descriptions of Tux Paint's stamps (GPL-2.0-or-later): a person for each language."""
    for file in sorted(folder.rglob("*_desc_*.ogg")):
        name, language = file.stem.rsplit("_desc_", 1)
        if language == "ca":
            continue  # says other words than the texts of today
        description = file.with_name(f"{name}.txt")
        if not description.exists():
            continue
        for line in description.read_text(errors="replace").splitlines():
            if line.startswith(f"{language}.utf8="):
                text = re.sub(r"\([^)]*\)", " ", line.split("=", 1)[1]).strip()
                voice = _VOICES.get(language, language)
                yield Recording(file, voice, f"{language}:tuxpaint", text)


def gcompris(folder: Path) -> Iterator[Recording]:
    """Words, numbers, colours and countries of GCompris (GPL-3.0-or-later), not the Greek ones.

    The words stand in `content-LANGUAGE.json` of GCompris' lang.rcc (qt_resources.py reads it),
    unpacked beside in `gcompris-words`; names of countries are CLDR's.
    """
    english = {_key(name): code for code, name in Locale("en").territories.items()}
    for place in sorted(folder.iterdir()):
        language = place.name
        if language in _FAR or not place.is_dir():
            continue
        voice = _VOICES.get(language, language)
        list_of_words = folder.parent / "gcompris-words" / f"content-{language}.json"
        words = json.loads(list_of_words.read_text()) if list_of_words.exists() else {}
        try:
            countries = dict(Locale.parse(language).territories)
        except (UnknownLocaleError, ValueError):
            countries = {}
        for file in sorted(place.rglob("*.ogg")):
            kind = file.parent.name
            if kind == "geography":
                text = countries.get(english.get(_key(file.stem), ""), "")
            else:
                text = words.get(file.name, "")
            if text:
                yield Recording(file, voice, f"{language}:gcompris-{kind}", text)


#: Folder names of Artikulate's courses that differ from espeak-ng's.
_COURSES = {"gr": "el", "ba": "bn", "fr": "fr-fr"}


def artikulate(folder: Path) -> Iterator[Recording]:
    """Words and sentences of KDE's pronunciation courses (CC BY-SA 3.0): a person a language."""
    for course in sorted(folder.glob("courses/basic/*/*.xml")):
        place = course.parent
        language = _COURSES.get(place.name, place.name)
        if place.name.startswith("en") or language == "hi":
            continue
        for phrase in ElementTree.parse(course).iter("phrase"):
            text, name = phrase.findtext("text") or "", phrase.findtext("soundFile") or ""
            # In the Greek course a single letter is one of the Latin alphabet.
            if name.endswith(".ogg") and (place / name).exists() and len(text) > 1:
                yield Recording(place / name, language, f"{language}:artikulate", text)


#: Folders of Debian's packages of Asterisk prompts: espeak-ng's voice, speaker, list of texts.
_PROMPTS = {
    "es_MX_f_Allison": ("es-419", "allison", "es-es/core-sounds-es.txt"),
    "es": ("es-419", "july", "es-es/core-sounds-es.txt"),
    "it_IT_f_Menardi": ("it", "menardi", "it-it/core-sounds-it.txt"),
    "ru_RU_f_IvrvoiceRU": ("ru", "ivrvoice", "ru-ru/core-sounds-ru.txt"),
    "fr": ("fr-fr", "armelle", "fr-ca/core-sounds-fr.txt"),
}


def asterisk(folder: Path) -> Iterator[Recording]:
    """Telephone prompts of Debian (CC BY-SA 3.0; Colombian and Armelle's: GPL-2.0-or-later).

    The packages come without texts. Those of Asterisk's own prompts are listed in MikoPBX's
    repository, by the same file names; other speakers may say it in other words, so they are
    shards to be sifted (sift.py).
    """
    texts = folder.parent / "mikopbx/resources/sounds"
    for name, (language, speaker, listed) in _PROMPTS.items():
        said = dict(
            line.split(":", 1)
            for line in (texts / listed).read_text(encoding="utf-8-sig").splitlines()
            if ":" in line and not line.startswith(";")
        )
        place = folder / "usr/share/asterisk/sounds" / name
        for file in sorted([*place.rglob("*.wav"), *place.rglob("*.gsm")]):
            key = file.relative_to(place).with_suffix("").as_posix()
            text = said.get(key, "").strip()
            if text and not re.search(r"[\[\]<>]", text):
                yield Recording(file, language, f"{language}:asterisk-{speaker}", text)


def childsplay(folder: Path) -> Iterator[Recording]:
    """Childsplay's numbers to twenty and animals in a score of languages (GPL-2.0-or-later).

    The Greek ones are GCompris' recordings: never read.
    """
    for place in sorted(folder.glob("alphabet-sounds/alphabet-sounds_*")):
        language = place.name.partition("_")[2]
        if language in _FAR or language.startswith(("en", "gl")):  # espeak-ng has no Galician
            continue
        voice = _VOICES.get(language, language)
        animals: dict[str, str] = {}
        for catalogue in (folder / "po").glob(f"childsplay_{language}*.po"):
            entry = re.compile(r'msgid "([a-z ]+)"\n(?:#~ )?msgstr "([^"]+)"')
            animals.update(entry.findall(catalogue.read_text(encoding="utf-8")))
        for file in sorted(place.rglob("*.ogg")):
            figure = re.fullmatch(r"U003([0-9])|(1[0-9]|20)", file.stem)
            text = (figure[1] or figure[2]) if figure else animals.get(file.stem, "")
            if text:
                yield Recording(file, voice, f"{language}:childsplay", text)


def ktuberling(folder: Path) -> Iterator[Recording]:
    """KTuberling's words, where files are named by what they say (GPL-2.0-or-later), not Greek."""
    for language in ("es", "fi", "fr", "ga", "it", "nl", "pt", "ro", "sv"):
        voice = _VOICES.get(language, language)
        for file in sorted((folder / "usr/share/ktuberling/sounds" / language).iterdir()):
            text = re.sub(r"^(egypte|lune|pizzeria|pizza)_|[-_]", " ", file.stem)
            yield Recording(file, voice, f"{language}:ktuberling", text.strip())


#: What the man of Learn Digits says, by file. No list comes with it: it is as version 3 heard it.
_CHOICES = {
    "digits/_0": "διάλεξε το μηδέν",
    "success/_0": "συγχαρητήρια τα κατάφερες",
    "success/_1": "πολύ καλή προσπάθεια",
}
_DIGITS = ("ένα", "δύο", "τρία", "τέσσερα", "πέντε", "έξι", "επτά", "οκτώ", "εννέα")


def learn_digits(folder: Path) -> Iterator[Recording]:
    """Requests to choose a digit, of the app Learn Digits (Apache-2.0): a Greek man."""
    said = {f"digits/_{at}": f"διάλεξε τον αριθμό {word}" for at, word in enumerate(_DIGITS, 1)}
    for name, text in sorted((_CHOICES | said).items()):
        file = folder / f"app/src/main/assets/el/{name}.mp3"
        yield Recording(file, "el", "el:learn-digits", text)


#: What is said in the test recordings of the RAPP robot: file, words.
_ROBOT = {
    "deutera.wav": "δευτέρα",
    "ela-fige.wav": "έλα φύγε",
    "ime-ise-ine.wav": "είμαι είσαι είναι",
    "kserw-ksereis.wav": "ξέρω ξέρεις",
    "microphone_nai.wav": "ναι",
    "nai-oxi-test.wav": "ναι όχι ίσως",
    "steile_mail.wav": "στείλε μέιλ",
    "steilw-steile.wav": "στείλω στείλε",
    "thelw-voithia.wav": "θέλω βοήθεια",
    "xapia-xapi.wav": "χάπια χάπι",
    "speech_detection_samples/recording_deutera.ogg": "δευτέρα",
    "speech_detection_samples/recording_nai.ogg": "ναι",
    "speech_detection_samples/recording_oxi.ogg": "όχι",
    "speech_detection_samples/recording_triti.ogg": "τρίτη",
}


def rapp(folder: Path) -> Iterator[Recording]:
    """Greek words into a headset and a robot's ears (RAPP platform, Apache-2.0): few people."""
    for name, text in _ROBOT.items():
        yield Recording(folder / "rapp_testing_tools/test_data" / name, "el", "el:rapp", text)


def commands(folder: Path) -> Iterator[Recording]:
    """English words by 240 people: the test part of Speech Commands 0.02 (CC BY 4.0)."""
    for file in sorted(folder.glob("MLTK_keyworkSpotting/dataset/*/*_nohash_*.wav")):
        *word, person = file.name.partition("_nohash_")[0].split("_")
        text = word[0] if word else file.parent.name
        yield Recording(file, "en-us", f"en:commands-{person}", text)


def fleurs(folder: Path) -> Iterator[Recording]:
    """Sentences of FLEURS (CC BY 4.0), the few that cuttledoc keeps for its tests."""
    for file in sorted(folder.glob("packages/cuttledoc/fixtures/fleurs-*-*.ogg")):
        language = file.stem.split("-")[1]
        if language in ("es", "pt", "fr"):
            voice = _VOICES.get(language, "pt-br" if language == "pt" else language)
            yield Recording(
                file, voice, f"{language}:{file.stem}", file.with_suffix(".txt").read_text()
            )


def _key(name: str) -> str:
    return re.sub(r"[^a-z]+", "", name.lower().replace("&", "and"))


SOURCES: dict[str, Callable[[Path], Iterator[Recording]]] = {
    "tuxpaint-stamps": tuxpaint,
    "gcompris-voices": gcompris,
    "artikulate": artikulate,
    "asterisk-debian": asterisk,
    "childsplay": childsplay,
    "ktuberling": ktuberling,
    "learn-digits": learn_digits,
    "rapp": rapp,
    "speech-commands": commands,
    "fleurs-clips": fleurs,
}
#: Whose texts are likely, not sure: they become shards `unsure-NAME`, of which nothing is trained.
UNSURE = {"asterisk-debian", "childsplay", "ktuberling", "speech-commands"}

#: Never trained on: a Greek to test on, in WORK/held-people.
HELD = {"learn-digits"}


def load(file: Path) -> npt.NDArray[np.float32]:
    """Read a recording at 8 kHz, silence at its ends cut."""
    if file.suffix == ".gsm":
        audio, rate = soundfile.read(
            file, dtype="float32", samplerate=8000, channels=1, format="RAW", subtype="GSM610"
        )
    else:
        audio, rate = soundfile.read(file, dtype="float32")
    if audio.ndim > 1:
        audio = audio.mean(1)
    if rate != RATE_HZ:
        audio = soxr.resample(audio, rate, RATE_HZ)
    return trimmed(np.asarray(audio, np.float32))


#: Many people say the same words; each time would be a run of espeak-ng.
_pronounce = cache(pronounce)


def spelled(recording: Recording) -> str:
    """The words with Greek letters; empty when they cannot be written so."""
    if recording.language == "el":
        return "" if re.search(r"[A-Za-z0-9]", recording.text) else recording.text
    return _pronounce(recording.text, recording.language)


def shard(name: str, found: list[Recording]) -> tuple[int, float]:
    """Write clips and index; return how many and how many hours."""
    out = WORK / ("held-people" if name.partition("-")[2] in HELD else "shards")
    out.mkdir(parents=True, exist_ok=True)
    with ThreadPoolExecutor(2) as threads:
        texts = list(threads.map(spelled, found))
    at = clips = 0
    with (
        (out / f"{name}.i16.part").open("wb") as audio_file,
        (out / f"{name}.tsv.part").open("w") as index,
    ):
        for recording, text in zip(found, texts, strict=True):
            try:
                audio = load(recording.file)
            except soundfile.LibsndfileError as error:
                print(f"{recording.file}: left out, {error}", file=sys.stderr)
                continue
            if not text or not _SECONDS[0] * RATE_HZ < len(audio) < _SECONDS[1] * RATE_HZ:
                continue
            audio_file.write((audio * 32767).astype(np.int16).tobytes())
            print(at, len(audio), recording.speaker, text, sep="\t", file=index)
            at, clips = at + len(audio), clips + 1
    for kind in ("i16", "tsv"):
        (out / f"{name}.{kind}.part").rename(out / f"{name}.{kind}")
    return clips, at / RATE_HZ / 3600


def main() -> None:
    for name, read in SOURCES.items():
        folder = FOLDER / name
        if (sys.argv[1:] and name not in sys.argv[1:]) or not folder.is_dir():
            continue
        found = list(read(folder))
        for kind, part in (
            ("unsure" if name in UNSURE else "human", [r for r in found if r.language != "el"]),
            ("people", [r for r in found if r.language == "el"]),
        ):
            if part:
                clips, hours = shard(f"{kind}-{name}", part)
                print(f"{kind}-{name}: {clips} clips, {hours:.2f} h", file=sys.stderr)


if __name__ == "__main__":
    main()
