"""Shortened Greek words written out."""

from __future__ import annotations

import re
from typing import Final

# Longer forms stand before the shorter ones that they contain.
_EXPANSIONS: Final = {
    "π.χ.": "για παράδειγμα",
    "κ.λπ.": "και λοιπά",
    "κλπ.": "και λοιπά",
    "κλπ": "και λοιπά",
    "κ.ο.κ.": "και ούτω καθεξής",
    "κτλ.": "και τα λοιπά",
    "κτλ": "και τα λοιπά",
    "κ.ά.": "και άλλα",
    "κ.α.": "και άλλα",
    "κ.κ.": "κύριοι",
    "δηλ.": "δηλαδή",
    "τηλ.": "τηλέφωνο",
    "τηλ": "τηλέφωνο",
    "κιν.": "κινητό",
    "κιν": "κινητό",
    "αρ. πρωτ.": "αριθμός πρωτοκόλλου",
    "αριθμ.": "αριθμός",
    "αρ.": "αριθμός",
    "άρθ.": "άρθρο",
    "αρθ.": "άρθρο",
    "παρ.": "παράγραφος",
    "εδ.": "εδάφιο",
    "π.δ.": "προεδρικό διάταγμα",
    "ν.δ.": "νομοθετικό διάταγμα",
    "υ.α.": "υπουργική απόφαση",
    "ν.": "νόμος",
    "λεωφ.": "λεωφόρος",
    "οδ.": "οδός",
    "πλ.": "πλατεία",
    "βλ.": "βλέπε",
    "σελ.": "σελίδα",
    "στ.": "στίχος",
    "πρ.": "πρώην",
    "υπ.": "υπουργείο",
    "υποκ.": "υποκατάστημα",
    "εκατ.": "εκατομμύρια",
    "δισ.": "δισεκατομμύρια",
    "χιλ.": "χιλιάδες",
    "χλμ.": "χιλιόμετρα",
    "χλμ": "χιλιόμετρα",
    "τ.μ.": "τετραγωνικά μέτρα",
    "τ.κ.": "ταχυδρομικός κώδικας",
    "α.μ.": "αριθμός μητρώου",
    "μ.χ.": "μετά Χριστόν",
    "ό.π.": "όπως παραπάνω",
    "δρ.": "δόκτωρ",
    "καθ.": "καθηγητής",
    "δευτ.": "δευτερόλεπτα",
    "αι.": "αιώνας",
    "κα": "κυρία",
    "κ.": "κύριος",
}
# The words whose full stop ends no sentence.
SHORTENED: Final = frozenset(
    {form[:-1] for form in _EXPANSIONS if form.endswith(".")} | {"πρωτ", "αγ", "π.μ", "μ.μ"}
) - {"κλπ", "κ.λπ", "κτλ", "κ.ά", "κ.α"}

# Genitive and accusative of what stands behind an article or preposition: «του ν. 3471».
_INFLECTED: Final = {
    "νόμος": ("νόμου", "νόμο"),
    "αριθμός": ("αριθμού", "αριθμό"),
    "κύριος": ("κυρίου", "κύριο"),
    "κυρία": ("κυρίας", "κυρία"),
    "άρθρο": ("άρθρου", "άρθρο"),
    "παράγραφος": ("παραγράφου", "παράγραφο"),
    "τηλέφωνο": ("τηλεφώνου", "τηλέφωνο"),
    "οδός": ("οδού", "οδό"),
    "πλατεία": ("πλατείας", "πλατεία"),
    "λεωφόρος": ("λεωφόρου", "λεωφόρο"),
    "σελίδα": ("σελίδας", "σελίδα"),
}
_GENITIVE_BEFORE = re.compile(r"\b(?:του|της)\s+$", re.IGNORECASE)
_ACCUSATIVE_BEFORE = re.compile(
    r"\b(?:τον|στον|την|στην|τη|στη|το|στο|με|σε|από|για|κατά|προς)\s+$", re.IGNORECASE
)

_ALTERNATIVES: Final = "|".join(
    re.escape(form).replace(r"\ ", r"\s*") for form in sorted(_EXPANSIONS, key=len, reverse=True)
)
_FORM = re.compile(rf"(?<![\w.'])({_ALTERNATIVES})(?![^\W\d_])", re.IGNORECASE)
_MEN_IN_GENITIVE: Final = frozenset({"ιωάννη", "ανδρέα", "ηλία", "δημήτρη", "θωμά", "λουκά"})
_SAINTS: Final = (
    (("ου", "ού"), "Αγίου"),
    (("ων", "ών"), "Αγίων"),
    (("οι", "οί"), "Άγιοι"),
    (("ας", "άς", "ης", "ής"), "Αγίας"),
    (("α", "ά", "η", "ή"), "Αγία"),
    (("ο", "ό"), "Άγιο"),
)
_NUMBER_SIGN = re.compile(r"(?<!\w)(?:Νο|No|№)\.?\s*(?=\d)", re.IGNORECASE)
_SAINT = re.compile(r"\b[Αα]γ\.\s*(?=(\w+))")
_MISTER = re.compile(r"\b[Κκ]\.\s*(?=([Α-ΩΆΈΉΊΌΎΏ]\w+))")
# A shortened word at the end of a sentence has given its full stop to both.
_SENTENCE_GOES_ON = re.compile(r"\s*(?:$|\n|\s(?=[Α-ΩΆΈΉΊΌΎΏA-Z«]))")
_MAY_END_A_SENTENCE: Final = frozenset({"κ.λπ.", "κλπ.", "κτλ.", "κ.ά.", "κ.α.", "κ.ο.κ."})


def _inflect(words: str, before: str) -> str:
    if words in _INFLECTED:
        genitive, accusative = _INFLECTED[words]
        if _GENITIVE_BEFORE.search(before):
            return genitive
        if _ACCUSATIVE_BEFORE.search(before):
            return accusative
    return words


def _expand(match: re.Match[str]) -> str:
    form = re.sub(r"\s+", " ", match[1].lower()).replace("ς", "σ")
    words = _EXPANSIONS.get(form) or _EXPANSIONS[form.replace(". ", ".")]
    words = _inflect(words, match.string[: match.start()])
    follows = match.string[match.end() :]
    if form in _MAY_END_A_SENTENCE and _SENTENCE_GOES_ON.match(follows):
        return f"{words}."
    if form == "αρ." and not re.match(r"\s*[\dα-ω]", follows):
        return match[0]
    separator = " " if form.endswith(".") and follows[:1].isalnum() else ""
    if match[1][0].isupper() and form not in ("τ.κ.", "α.μ."):
        words = words[0].upper() + words[1:]
    return words + separator


def _saint(match: re.Match[str]) -> str:
    """Gender and case from the name: «Αγ. Παρασκευής», «Αγ. Ιωάννου»."""
    name = match[1].lower()
    if name in _MEN_IN_GENITIVE:
        return "Αγίου "
    for endings, saint in _SAINTS:
        if name.endswith(endings):
            return f"{saint} "
    return "Άγιος "


def _mister(match: re.Match[str]) -> str:
    """«κ. Γεωργίου» says nothing of the case; a name in -ε is a vocative."""
    if match[1].endswith(("ε", "έ")):
        return "κύριε "
    return f"{_inflect('κύριος', match.string[: match.start()])} "


def expand_abbreviations(text: str) -> str:
    """Write out what is shortened.

    >>> expand_abbreviations("π.χ. με τον ν. 3471, τηλ. και κ. Παπαδόπουλε κ.λπ.")
    'για παράδειγμα με τον νόμο 3471, τηλέφωνο και κύριε Παπαδόπουλε και λοιπά.'
    """
    text = _NUMBER_SIGN.sub("νούμερο ", text)
    text = _SAINT.sub(_saint, text)
    text = _MISTER.sub(_mister, text)
    return _FORM.sub(_expand, text)
