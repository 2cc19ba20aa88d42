"""Gather Greek running text from snapshots of repositories and from packages, a file a source.

    python -m models.greek.gather --snapshots FOLDER --packages FOLDER [NAME …]

A snapshot is a git directory FOLDER/owner+name/repo. The packages lie unpacked in folders named
`deb` and `pypi` (`dpkg-deb -x`, `unzip`); of those all Greek messages are taken.
Each source of `gathered.SOURCES` becomes WORK/text/more/NAME.txt: a sentence a line, without
markup, with modern accents, each once, none of the development sentences.
"""

from __future__ import annotations

import argparse
import ast
import gettext
import html
import io
import json
import re
import subprocess
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path

from models.greek.gathered import FOLDER, SOURCES, Source, held_out
from models.greek.vocabulary import written

_TEXT = re.compile(
    r"\.(txt|md|json|jsonl|ya?ml|po|mo|xml|html?|page|php|properties|ftl|lang|csv|strings)$"
)
_SPLIT = re.compile(r"(?<=[.!;:…·])\s+|[()\[\]«»\"“”„|•*{}]+|\n+|(?<=\s)[-–—](?=\s)|^\s*[-–—]")
_WORD = re.compile(r"[α-ωάέήίόύώϊϋΐΰς]+(?:['’][α-ωάέήίόύώϊϋΐΰς]*)?")
#: Tags within a sentence; all others end one.
_INLINE = re.compile(r"</?(?:a|b|i|u|em|strong|span|code|tt|hi|xliff:g|guilabel)\b[^>]*>", re.I)
_SAME = {
    0x300: 0x301,
    0x342: 0x301,
    0x313: None,
    0x314: None,
    0x345: None,
    0x304: None,
    0x306: None,
}
_LONGEST = 45


def monotonic(text: str) -> str:
    """Write old accents and breathings as today's accents."""
    decomposed = unicodedata.normalize("NFD", text).translate(_SAME)
    return unicodedata.normalize("NFC", decomposed)


def sentences(text: str) -> Iterator[str]:
    """Cut text without markup into sentences that are mostly Greek and not in capitals."""
    for part in _SPLIT.split(text):
        part = " ".join(part.split()).strip(" ,·-–—'")
        tokens = part.lower().split()
        if len(tokens) < 2 or sum(map(str.isupper, part)) * 2 > len(part):
            continue
        pieces = [part] if len(tokens) <= _LONGEST else part.split(", ")
        for piece in pieces:
            tokens = piece.lower().split()
            greek = sum(bool(_WORD.match(token)) for token in tokens)
            if 2 <= len(tokens) <= _LONGEST and greek >= 0.75 * len(tokens):
                yield piece


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from _strings(part)
    elif isinstance(value, list):
        for part in value:
            yield from _strings(part)


def _of_catalogue(data: bytes) -> Iterator[str]:
    text = data.decode("utf-8", "replace")
    for block in re.findall(r'^msgstr(?:\[\d\])? ((?:"(?:[^"\\\n]|\\.)*"\s*)+)', text, re.M):
        try:
            yield "".join(ast.literal_eval(line) for line in block.strip().splitlines())
        except (SyntaxError, ValueError):
            continue


def _of_lines(text: str) -> Iterator[str]:
    """What is Greek in each line of a format where a line is a message."""
    for line in text.splitlines():
        found = re.search(r"[Ͱ-Ͽἀ-῿].*[Ͱ-Ͽἀ-῿][.!;]?", line.replace("\\n", " "))
        if found:
            yield found[0]


def passages(path: str, data: bytes) -> Iterator[str]:
    """The passages of a file, markup taken off."""
    ending = path.rsplit(".", 1)[-1].lower()
    if ending == "mo":
        yield from _of_compiled(data)
        return
    if ending == "po":
        yield from _of_catalogue(data)
        return
    text = data.decode("utf-8", "replace")
    if ending == "json":
        try:
            yield from _strings(json.loads(text))
        except ValueError:
            return
    elif ending == "jsonl":
        for line in text.splitlines():
            yield from _strings(json.loads(line))
    elif ending in ("md", "txt"):
        text = re.sub(r"^---\n.*?\n---\n|```.*?```|<!--.*?-->", "\n\n", text, flags=re.S)
        text = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", text)
        text = re.sub(r"(?<=[α-ωά-ώ])-\n(?=[α-ωά-ώ])", "", text)
        for block in re.split(r"\n\s*\n|\n(?=\s*(?:[-*#>|]|\d+[.)]))", text):
            yield re.sub(r"[`_#>\\]|\*+", " ", block).replace("\n", " ")
    elif ending in ("xml", "html", "htm", "page"):
        text = re.sub(r"<(script|style)\b.*?</\1>|<!--.*?-->", "\n", text, flags=re.S)
        for block in re.split(r"<[^>]*>", _INLINE.sub("", text)):
            yield " ".join(block.replace("\\n", " ").replace("\\'", "'").split())
    else:
        yield from _of_lines(text)


def _of_compiled(data: bytes) -> Iterator[str]:
    try:
        catalogue = gettext.GNUTranslations(io.BytesIO(data))
    except (OSError, UnicodeDecodeError):
        return
    yield from catalogue._catalog.values()  # type: ignore[attr-defined]


def cleaned(passage: str) -> str:
    """A passage without tags, entities, shortcuts of menus and old accents."""
    text = html.unescape(html.unescape(passage))
    text = re.sub(r"<[^>]{1,200}>", " ", text)
    return monotonic(re.sub(r"(?<=\w)[~_&](?=\w)|[~_&](?=[Ͱ-Ͽ])", "", text))


def of_snapshot(folder: Path, paths: str) -> Iterator[tuple[str, bytes]]:
    """Files of the newest commit whose path the expression finds."""
    git = ["git", "-c", "core.quotePath=false", "-C", str(folder)]
    listed = subprocess.run([*git, "ls-tree", "-r", "HEAD"], capture_output=True, check=True)
    wanted = []
    for line in listed.stdout.decode("utf-8", "replace").splitlines():
        about, path = line.split("\t", 1)
        if re.search(paths, path.strip('"')) and _TEXT.search(path.strip('"')):
            wanted.append((about.split()[2], path))
    asked = "".join(f"{blob}\n" for blob, _ in wanted).encode()
    out = subprocess.run([*git, "cat-file", "--batch"], input=asked, capture_output=True).stdout
    at = 0
    for _, path in wanted:
        end = out.index(b"\n", at)
        head = out[at:end].split()
        at = end + 1
        if len(head) == 3:  # else: missing
            yield path, out[at : at + int(head[2])]
            at += int(head[2]) + 1


def of_folder(folder: Path, paths: str) -> Iterator[tuple[str, bytes]]:
    """Files below a folder whose path the expression finds."""
    for file in sorted(folder.rglob("*")):
        path = str(file.relative_to(folder))
        if file.is_file() and _TEXT.search(path) and re.search(paths, path):
            yield path, file.read_bytes()


def gather(source: Source, snapshots: Path, packages: Path, barred: set[str]) -> list[str]:
    """The sentences of a source."""
    files: list[Iterable[tuple[str, bytes]]] = []
    for origin in source.origins:
        snapshot = snapshots / origin.replace("/", "+") / "repo"
        if snapshot.is_dir():
            git = snapshot / ".git" if (snapshot / ".git").is_dir() else snapshot
            files.append(of_snapshot(git, source.paths))
        elif (packages / origin).is_dir():
            files.append(of_folder(packages / origin, source.paths))
        else:
            print(f"{source.name}: {origin} is not there")
    found: dict[str, str] = {}
    for some in files:
        for path, data in some:
            lines = [
                line for text in passages(path, data) if text for line in sentences(cleaned(text))
            ]
            if source.demotic and not _demotic(lines):
                continue
            for line in lines:
                said = written(line)
                if said and said not in barred:
                    found.setdefault(said, line)
    return list(found.values())


def _demotic(lines: list[str]) -> bool:
    """Whether a book is in today's language, not in the purist one."""
    text = f" {' '.join(lines).lower()} "
    today = len(re.findall(r" στ(?:ο|η|ην|ον|ους|ις|α|ου) ", text))
    return today > 3 * len(re.findall(r" εις ", text))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--snapshots", type=Path, required=True)
    parser.add_argument("--packages", type=Path, required=True)
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    barred = held_out()
    FOLDER.mkdir(parents=True, exist_ok=True)
    for source in SOURCES:
        if options.names and source.name not in options.names:
            continue
        lines = gather(source, options.snapshots, options.packages, barred)
        (FOLDER / f"{source.name}.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
        words = sum(len(line.split()) for line in lines)
        print(f"{source.name} ({source.kind}): {len(lines)} sentences, {words} words", flush=True)


if __name__ == "__main__":
    main()
