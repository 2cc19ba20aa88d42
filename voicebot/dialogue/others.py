"""Whether a caller speaks about somebody else: they are told nothing personal."""

from __future__ import annotations

from voicebot.dialogue.commands import says_any

_RELATIVES = (
    ("της", "μητέρας μάνας μαμάς γυναίκας συζύγου αδερφής αδελφής κόρης γιαγιάς θείας πεθεράς"),
    ("του", "πατέρα μπαμπά άντρα συζύγου αδερφού αδελφού γιου παππού θείου πεθερού παιδιού"),
    ("τη", "μητέρα μάνα μαμά γυναίκα σύζυγό αδερφή αδελφή κόρη γιαγιά θεία πεθερά"),
    ("τον", "πατέρα μπαμπά άντρα σύζυγό αδερφό αδελφό γιο παππού θείο πεθερό"),
)
_OWNED = tuple(
    f"{article} {relative} μου"
    for article, relatives in _RELATIVES
    for relative in relatives.split()
)
_STRANGERS = (
    "του γείτονά μου",
    "της γειτόνισσάς μου",
    "του φίλου μου",
    "της φίλης μου",
    "του πελάτη μου",
    "της πελάτισσάς μου",
    "ενός πελάτη",
    "του εργαζομένου μου",
    "του υπαλλήλου μου",
)


def about_somebody_else(text: str) -> bool:
    """Whether a text is about another person's matter.

    >>> about_somebody_else("τι έγινε με το αίτημα της μητέρας μου")
    True
    >>> about_somebody_else("τι έγινε με το αίτημά μου")
    False
    """
    return says_any(text, _OWNED) or says_any(text, _STRANGERS)
