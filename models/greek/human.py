"""Speech of people in other languages, its words written in Greek letters by sound.

    python -m models.greek.human

It keeps the encoder hearing people. What MANIFEST.tsv lists is read here; further collections are
read by recordings.py.
"""

from __future__ import annotations

import csv
import sys

import numpy as np
import soundfile
from scipy.signal import resample_poly

from models.greek.places import MATERIAL, WORK
from models.greek.spelling import pronounce
from models.greek.synth import RATE_HZ, trimmed

_LANGUAGES = {"es-es": "es", "it-it": "it", "fr-ca": "fr-fr", "en-en": "en-us", "en": "en-us"}


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
