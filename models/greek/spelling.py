"""Speech sounds of any language (IPA) spelled with Greek letters, as a Greek would write them.

The pronunciation of a text is espeak-ng's; what a Greek ear has no sound for is written with the
nearest one. The decoder learns such text under a prefix of its own, the CTC head as it is.
"""

from __future__ import annotations

import re
import subprocess
import unicodedata

_LETTERS = {
    "tʃ": "τσ", "dʒ": "τζ", "ts": "τσ", "dz": "τζ", "tɕ": "τσ", "tʂ": "τσ", "dʑ": "τζ",
    "ɑ̃": "αν", "ɛ̃": "εν", "ɔ̃": "ον", "œ̃": "εν", "r̝": "ρζ", "aɪ": "άι", "aʊ": "άου",
    "eɪ": "έι", "oʊ": "όου", "ɔɪ": "όι", "a": "α", "ɑ": "α", "æ": "α", "ʌ": "α", "ɐ": "α",
    "ɒ": "ο", "ə": "ε", "ɚ": "ερ", "ɜ": "ε", "e": "ε", "ɛ": "ε", "ε": "ε", "i": "ι", "ɪ": "ι",
    "ɨ": "ι", "ɯ": "ι", "o": "ο", "ɔ": "ο", "ɵ": "ο", "u": "ου", "ʊ": "ου", "ʉ": "ιου",
    "y": "ιου", "ʏ": "ι", "ɤ": "α", "ø": "ε", "œ": "ε", "ᵻ": "ι", "b": "μπ", "d": "ντ", "ɖ": "ντ",
    "ɡ": "γκ", "g": "γκ", "ɟ": "γκ", "p": "π", "t": "τ", "ʈ": "τ", "k": "κ", "q": "κ", "c": "κ",
    "f": "φ", "ɸ": "φ", "v": "β", "ʋ": "β", "β": "β", "s": "σ", "z": "ζ", "ʃ": "σ", "ʒ": "ζ",
    "ʂ": "σ", "ʐ": "ζ", "ɕ": "σ", "ʑ": "ζ", "θ": "θ", "ð": "δ", "x": "χ", "χ": "χ", "ç": "χ",
    "h": "χ", "ɦ": "χ", "ħ": "χ", "ɣ": "γ", "ʝ": "γ", "m": "μ", "ɱ": "μ", "n": "ν", "ŋ": "ν",
    "ɳ": "ν", "ɲ": "νι", "l": "λ", "ɫ": "λ", "ɭ": "λ", "ʎ": "λι", "r": "ρ", "ɾ": "ρ", "ʁ": "ρ",
    "ɹ": "ρ", "ɽ": "ρ", "j": "ι", "w": "ου", "ɥ": "ι",
}  # fmt: skip

#: Where one language's neutral vowel is nearer to another Greek one.
_OWN = {language: {"ə": "α"} for language in ("ro", "bg", "ru", "be", "ca", "sl", "pt", "pt-br")}


def greek_letters(ipa: str, language: str = "") -> str:
    """Spell IPA with Greek letters, words kept apart; unknown signs are left out."""
    letters = _LETTERS | _OWN.get(language, {})
    ipa = re.sub(r"\([a-z-]+\)|[ˈˌː.‿͡ʲˑ_-]", "", unicodedata.normalize("NFC", ipa))
    ipa = ipa.replace("ɑ̃", "ɑ̃")
    out, at = "", 0
    while at < len(ipa):
        for size in (2, 1):
            piece = ipa[at : at + size]
            if len(piece) == size and piece in letters:
                out += letters[piece]
                at += size
                break
        else:
            out += " " if ipa[at].isspace() else ""
            at += 1
    return " ".join(out.split())


def pronounce(text: str, language: str) -> str:
    """Spell a text of a language (an espeak-ng voice) with Greek letters."""
    run = subprocess.run(
        ["espeak-ng", "-v", language, "-q", "--ipa", "--stdin"],
        input=text.encode(), capture_output=True, check=True,
    )  # fmt: skip
    return greek_letters(run.stdout.decode(), language)
