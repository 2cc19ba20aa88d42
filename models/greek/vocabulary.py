"""The small Greek vocabulary: byte-level BPE with Whisper's special tokens after the text.

python -m models.greek.vocabulary
"""

from __future__ import annotations

import argparse
import json
import re

from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, trainers

from models.greek.places import MATERIAL, WORK

#: `<|endoftext|>` first and `<|notimestamps|>` last, as CTranslate2 expects.
SPECIAL = (
    "<|endoftext|>",
    "<|startoftranscript|>",
    "<|foreign|>",
    "<|nospeech|>",
    "<|notimestamps|>",
)

#: Acronyms whose spelling is not what is said.
_WRITTEN = {"αφιμί": "αφμ", "αφουμού": "αφμ", "αφιμού": "αφμ"}


def written(spoken: str) -> str:
    """The transcript of what is said: lower case, accents kept, no punctuation."""
    text = re.sub(r"[’ʼ΄]", "'", spoken.lower())
    text = re.sub(r"(?<=\w)'(?=\s|$)|(?<=\s)'(?=\w)", "", text)
    words = re.findall(r"[α-ωάέήίόύώϊϋΐΰς]+", text)
    return " ".join(_WRITTEN.get(word, word) for word in words)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--size", type=int, default=1200)
    options = parser.parse_args()
    lines = []
    for name, times in (("domain", 2), ("general", 3), ("tatoeba", 2)):
        lines += [
            written(line) for line in (WORK / f"text/{name}.txt").read_text().splitlines()
        ] * times
    for line in (
        (MATERIAL / "text/frequency-words/content/2018/el/el_50k.txt").read_text().splitlines()
    ):
        word, count = line.split()
        lines += [written(word)] * min(max(int(count) // 30000, 1), 40)
    for line in (WORK / "shards/human-1.tsv").read_text().splitlines():
        lines.append(written(line.split("\t")[3]))
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=True)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(vocab_size=options.size, initial_alphabet=[], show_progress=False)
    tokenizer.train_from_iterator(lines, trainer)
    tokenizer.add_special_tokens([AddedToken(token, special=True) for token in SPECIAL])
    tokenizer.save(str(WORK / "tokenizer.json"))
    pieces = [len(tokenizer.encode(line).ids) for line in lines[:2000]]
    shown = {
        "size": tokenizer.get_vocab_size(),
        "tokens_a_line": sum(pieces) / len(pieces),
        "letters_a_token": sum(map(len, lines[:2000])) / sum(pieces),
    }
    print(json.dumps(shown))


if __name__ == "__main__":
    main()
