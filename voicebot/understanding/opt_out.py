"""«Μη με ξαναπάρετε»: a person who does not want to be rung again.

A language table with its matcher, on folded text (small letters, no accents).
"""

from __future__ import annotations

import re

from voicebot.understanding.text import fold

_CALL = (
    r"(?:ξανα ?)?(?:παρετε|παρεις|παιρνετε|παιρνεις|καλεσετε|καλεσεις|καλειτε|ενοχλησετε|ενοχλειτε"
    r"|τηλεφωνησετε|τηλεφωνειτε)"
)
_REFUSALS = (
    rf"\bμη[ν]? (?:με|μου|μας) {_CALL}\b",
    r"\bμη[ν]? ξανα ?(?:παρετε|παρεις|καλεσετε|καλεσεις|τηλεφωνησετε|ενοχλησετε)\b",
    r"\bμη[ν]? (?:με|μας) (?:ενοχλειτε|ενοχλεις)\b",
    rf"\b(?:δεν|δε) θελω (?:να )?(?:με|μου|μας) {_CALL}\b",
    r"\b(?:δεν|δε) θελω (?:αλλες?|τετοι\w+|αλλα) (?:κλησεις|τηλεφωνα)\b",
    r"\b(?:βγαλτε|διαγραψτε|σβηστε|βγαλε|σβησε) (?:με|μας|τον αριθμο μου|το τηλεφωνο μου)\b",
    r"\b(?:σταματηστε|κοψτε|διακοψτε) (?:τις κλησεις|τα τηλεφωνα|αυτες τις κλησεις)\b",
    r"\b(?:σταματηστε|παψτε) να (?:με|μου|μας) (?:παιρνετε|καλειτε|ενοχλειτε|τηλεφωνειτε)\b",
)
# `fold` knows no final sigma.
_OPT_OUT = re.compile("|".join(_REFUSALS).replace("ς", "σ"))


def wants_no_calls(text: str) -> bool:
    """Whether somebody says that they do not want to be rung (again).

    >>> wants_no_calls("Μη με ξαναπάρετε τηλέφωνο"), wants_no_calls("να με ξαναπάρετε αύριο")
    (True, False)
    """
    return _OPT_OUT.search(fold(text)) is not None
