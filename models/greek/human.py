"""Speech of people in other languages, its words written in Greek letters by sound.

    python -m models.greek.human

It keeps the encoder hearing people. espeak-ng's own pronunciation of each transcript (IPA) is
spelled with Greek letters; the decoder learns it under a prefix of its own.
"""

from __future__ import annotations

import csv
import re
import subprocess
import sys
import unicodedata

import numpy as np
import soundfile
from scipy.signal import resample_poly

from models.greek.places import MATERIAL, WORK
from models.greek.synth import RATE_HZ, trimmed

_LANGUAGES = {"es-es": "es", "it-it": "it", "fr-ca": "fr-fr", "en-en": "en-us", "en": "en-us"}

_LETTERS = {
    "tʃ": "τσ", "dʒ": "τζ", "ts": "τσ", "dz": "τζ", "ɑ̃": "αν", "ɛ̃": "εν", "ɔ̃": "ον", "œ̃": "εν",
    "aɪ": "άι", "aʊ": "άου", "eɪ": "έι", "oʊ": "όου", "ɔɪ": "όι",
    "a": "α", "ɑ": "α", "æ": "α", "ʌ": "α", "ɐ": "α", "ɒ": "ο", "ə": "ε", "ɚ": "ερ", "ɜ": "ε",
    "e": "ε", "ɛ": "ε", "i": "ι", "ɪ": "ι", "o": "ο", "ɔ": "ο", "u": "ου", "ʊ": "ου", "y": "ιου",
    "ø": "ε", "œ": "ε", "ᵻ": "ι", "b": "μπ", "d": "ντ", "ɡ": "γκ", "g": "γκ", "p": "π", "t": "τ",
    "k": "κ", "f": "φ", "v": "β", "s": "σ", "z": "ζ", "ʃ": "σ", "ʒ": "ζ", "θ": "θ", "ð": "δ",
    "x": "χ", "h": "χ", "ɣ": "γ", "β": "β", "m": "μ", "n": "ν", "ŋ": "ν", "ɲ": "νι", "l": "λ",
    "ɫ": "λ", "ʎ": "λι", "r": "ρ", "ɾ": "ρ", "ʁ": "ρ", "ɹ": "ρ", "j": "ι", "w": "ου", "ɥ": "ι",
    "ʝ": "γ", "c": "κ",
}  # fmt: skip


def greek_letters(ipa: str) -> str:
    """Spell IPA with Greek letters, words kept apart."""
    ipa = re.sub(r"\([a-z-]+\)|[ˈˌː.‿͡ʲˑ_-]", "", unicodedata.normalize("NFC", ipa))
    ipa = ipa.replace("ɑ̃", "ɑ̃")
    out, at = "", 0
    while at < len(ipa):
        for size in (2, 1):
            piece = ipa[at : at + size]
            if len(piece) == size and piece in _LETTERS:
                out += _LETTERS[piece]
                at += size
                break
        else:
            out += " " if ipa[at].isspace() else ""
            at += 1
    return " ".join(out.split())


def pronounce(text: str, language: str) -> str:
    run = subprocess.run(
        ["espeak-ng", "-v", language, "-q", "--ipa", "--stdin"],
        input=text.encode(), capture_output=True, check=True,
    )  # fmt: skip
    return greek_letters(run.stdout.decode())


def main() -> None:
    folder = WORK / "shards"
    folder.mkdir(parents=True, exist_ok=True)
    at, spoken = 0, {}
    with (
        (MATERIAL / "MANIFEST.tsv").open() as manifest,
        (folder / "human-1.i16").open("wb") as audio_file,
        (folder / "human-1.tsv").open("w") as index,
    ):
        for row in csv.DictReader(manifest, delimiter="\t"):
            text, language = row["transcript"] or "", _LANGUAGES.get(row["language"])
            if not text or language is None or not 0.25 < float(row["seconds"]) < 12.5:
                continue
            if "/an4/" in row["path"]:  # capitals are spelled letters
                text = ", ".join(w if len(w) == 1 else w.lower() for w in text.split())
            if (text, language) not in spoken:
                spoken[text, language] = pronounce(text, language)
            path = MATERIAL / row["path"]
            if path.suffix == ".gsm":
                audio, rate = soundfile.read(
                    path,
                    dtype="float32",
                    samplerate=8000,
                    channels=1,
                    format="RAW",
                    subtype="GSM610",
                )
            else:
                audio, rate = soundfile.read(path, dtype="float32")
            if rate == 16000:
                audio = np.asarray(resample_poly(audio, 1, 2), np.float32)
            elif rate != RATE_HZ:
                raise SystemExit(f"{path}: {rate} Hz")
            audio = trimmed(audio)
            if not len(audio) or not spoken[text, language]:
                continue
            audio_file.write((audio * 32767).astype(np.int16).tobytes())
            name = f"{row['language']}:{row['speaker']}"
            print(at, len(audio), name, spoken[text, language], sep="\t", file=index)
            at += len(audio)
    print(f"human-1: {at / RATE_HZ / 3600:.2f} h", file=sys.stderr)


if __name__ == "__main__":
    main()
