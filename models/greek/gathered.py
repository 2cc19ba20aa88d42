"""Running text gathered from open repositories and packages: sources, licences, and the reader.

`python -m models.greek.gather` makes the files under WORK/text/more; any of them may be absent.
Only counts of words go into the model.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass

from models.greek.hard import development_sentences, held_out_clauses
from models.greek.places import WORK
from models.greek.vocabulary import written

FOLDER = WORK / "text/more"
#: Stands for a number or a foreign word: in no vocabulary, so it breaks a chain of words.
FOREIGN = "0"

#: Paths of Greek translations: el/…, el.json, values-el/…, locale_el_GR.po …
_GREEK_PATHS = r"(?:^|[/_.-])el(?:[-_](?:GR|rGR))?(?:\.UTF-8)?(?:[/._-]|$)"
_OFFICIAL = "public domain (official texts, Greek law 2121/1993, article 2)"


@dataclass(frozen=True)
class Source:
    """A source of text.

    Attributes:
        origins: GitHub repositories (owner/name), or the folders of unpacked packages.
        paths: regular expression for the files that are read.
        demotic: leave out files (books) in the purist language of the 19th century.
        every: count only every n-th sentence (machine translations that repeat themselves).
    """

    name: str
    kind: str
    licence: str
    origins: tuple[str, ...]
    paths: str = _GREEK_PATHS
    demotic: bool = False
    every: int = 1


SOURCES = (
    Source("common-voice", "stories", "CC0-1.0", ("mozilla/common-voice",), r"^server/data/el/"),
    Source("eltec", "stories", "CC BY 4.0", ("COST-ELTeC/ELTeC-gre",), r"^level1/", demotic=True),
    Source("faker", "stories", "CC BY-SA 3.0 (el.wikisource.org)", ("FakerPHP/Faker",),
           r"el_GR/Text\.php$"),
    Source("african-storybook", "stories", "CC BY 3.0/4.0", ("global-asp/global-asp",), r"^el/"),
    Source("pixel-dungeon", "stories", "GPL-3.0-or-later", ("00-Evan/shattered-pixel-dungeon",),
           r"_el\.properties$"),
    Source("ntrex", "news", "CC BY-SA 4.0", ("MicrosoftTranslator/NTREX",), r"\.ell\.txt$"),
    Source("lingua", "news", "Apache-2.0 (from the Leipzig corpora, CC BY)",
           ("pemistahl/lingua",), r"sentences/el\.txt$"),
    Source("parliament", "news", _OFFICIAL, ("iMEdD-Lab/Greek_Parliament_Proceedings",),
           r"DataSample\.csv$"),
    Source("gazette", "administration", f"GPL-3.0; {_OFFICIAL}",
           ("eellak/gsoc2018-GG-extraction", "eellak/gsoc2018-3gm"),
           r"(?:test_TXTs|^examples)/.*\.txt$"),
    Source("laws", "administration", _OFFICIAL, ("domazakis/Nomothesia",), r"^corpus/.*\.md$"),
    Source("support", "support", "CC BY 4.0", (
        "isabella232/OfficeDocs-AlchemyInsights-pr.el-GR",
        "MicrosoftDocs/dynamics-365-project-operations-pr.el-gr",
    ), r"\.md$"),
    Source("azure", "support", "CC BY 4.0", ("OpenLocalizationTestOrg/azure-docs-pr15_el-GR",),
           r"^(?:articles|includes)/.*\.md$", every=4),
    Source("messages", "messages", "each its program's: GPL, AGPL, MPL, MIT, BSD, Apache", (
        "mysociety/fixmystreet", "mozilla/common-voice",
        "openstreetmap/openstreetmap-website", "scratchfoundation/scratch-l10n",
        "wikimedia/apps-android-wikipedia", "snipe/snipe-it", "thunderbird/thunderbird-android",
        "AntennaPod/AntennaPod", "TeamNewPipe/NewPipe",
        "home-assistant/iOS", "duckduckgo/Android",
        "CatimaLoyalty/Android", "nextcloud/android", "mozilla-mobile/focus-android",
        "BookStackApp/BookStack", "paperless-ngx/paperless-ngx", "OpenCPN/OpenCPN",
        "deb", "pypi",
    )),
)  # fmt: skip


def held_out() -> set[str]:
    """Sentences that nothing may be counted from: the development sets, as they are written."""
    lines = [line for some in development_sentences().values() for line in some]
    lines += held_out_clauses(random.Random(0))
    for name in ("tatoeba-dev", "wording-dev", "domain-dev", "places-dev"):
        file = WORK / f"text/{name}.txt"
        if file.is_file():
            lines += file.read_text(encoding="utf-8").splitlines()
    for file in sorted((WORK / "shards").glob("dev-*.tsv")):
        for row in file.read_text(encoding="utf-8").splitlines():
            lines += row.split("\t")[3:4]
    return {written(line) for line in lines}


def words_of(line: str, known: dict[str, list[str]]) -> list[str]:
    """The words of a sentence; what is not Greek is FOREIGN. `known` keeps what tokens are."""
    found: list[str] = []
    for token in line.lower().split():
        words = known.get(token)
        if words is None:
            foreign = re.search(r"[a-z0-9%/\\<>=&#@$+]", token)
            words = known[token] = [FOREIGN] if foreign else written(token).split()
        found += words
    return found


def gathered() -> dict[str, list[list[str]]]:
    """The sentences by kind of text, without what is held out."""
    kinds: dict[str, list[list[str]]] = {}
    known: dict[str, list[str]] = {}
    barred = held_out()  # again, as development sets grow
    for source in SOURCES:
        file = FOLDER / f"{source.name}.txt"
        if not file.is_file():
            continue
        into = kinds.setdefault(source.kind, [])
        for line in file.read_text(encoding="utf-8").splitlines()[:: source.every]:
            words = words_of(line, known)
            if " ".join(words) not in barred:
                into.append(words)
    return kinds
