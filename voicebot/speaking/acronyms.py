"""How Greek acronyms and the foreign words of the services are said.

Extend the tables when a text brings a new one; an acronym that is in none of them is read as a
word when it has vowels enough, letter by letter otherwise.
"""

from __future__ import annotations

import re
from typing import Final

GREEK: Final = {
    # the bodies, old and new
    "ΕΦΚΑ": "έφκα", "ΔΥΠΑ": "δίπα", "ΟΑΕΔ": "οαέδ", "ΟΠΕΚΑ": "οπέκα", "ΤΕΚΑ": "τέκα",
    "ΟΠΕΚΕΠΕ": "οπεκεπέ", "ΣΕΠΕ": "σέπε", "ΚΕΑΟ": "κεάο", "ΚΕΠ": "κεπ", "ΚΕΠΑ": "κέπα",
    "ΚΠΑ": "κάπα πι άλφα", "ΚΠΑ2": "κάπα πι άλφα δύο", "ΑΑΔΕ": "ααδέ", "ΕΟΠΥΥ": "εοπί",
    "ΗΔΙΚΑ": "ηδίκα", "ΑΣΕΠ": "ασέπ", "ΕΡΓΑΝΗ": "εργάνη", "ΑΤΛΑΣ": "άτλας", "ΔΟΥ": "δόι",
    "ΙΚΑ": "ίκα", "ΟΑΕΕ": "οαεέ", "ΤΕΒΕ": "τέβε", "ΟΓΑ": "ογά", "ΝΑΤ": "νατ", "ΕΤΑΑ": "ετάα",
    "ΤΣΜΕΔΕ": "τσμεδέ", "ΤΣΑΥ": "τσάι", "ΕΤΕΑΕΠ": "ετεαέπ", "ΕΤΕΑ": "ετέα", "ΤΣΑ": "τσα",
    "ΕΚΚΑ": "έκκα", "ΕΚΑΒ": "εκάβ", "ΕΣΥ": "εσί", "ΕΛΤΑ": "ελτά", "ΔΕΗ": "δεή", "ΟΤΕ": "οτέ",
    "ΟΤΑ": "οτά", "ΕΛΣΤΑΤ": "ελστάτ", "ΕΟΔΥ": "εόδι", "ΜΤΠΥ": "μι ταυ πι ύψιλον",
    "ΑΕΙ": "αέι", "ΤΕΙ": "τέι", "ΙΕΚ": "ιέκ", "ΣΑΕΚ": "σαέκ", "ΕΠΑΛ": "επάλ", "ΕΠΑΣ": "επάς",
    "ΟΚΑΝΑ": "οκανά", "ΚΕΘΕΑ": "κεθέα", "ΓΓΠΣ": "γάμα γάμα πι σίγμα", "ΔΕΔΔΗΕ": "δεδιέ",
    # identities and papers
    "ΙΒΑΝ": "ιμπάν", "ΑΦΜ": "αφιμί", "ΑΜΚΑ": "άμκα", "ΑΔΤ": "αδιτί", "ΑΠΔ": "άλφα πι δέλτα",
    "ΤΠΤΕ": "ταυτότητα πληρωμής", "ΑΜΟΕ": "αμόε", "ΑΜΕ": "αμέ", "ΑΜ": "αριθμός μητρώου",
    "ΕΚΑΑ": "ευρωπαϊκή κάρτα ασφάλισης", "ΤΚ": "ταχυδρομικός κώδικας", "ΚΑΔ": "καδ",
    "ΦΕΚ": "φεκ", "ΚΥΑ": "κύα", "ΠΑΑΥΠΑ": "πααΐπα", "ΔΑΥΚ": "δαΐκ", "ΜΑΠ": "μαπ",
    "ΠΔ": "προεδρικό διάταγμα", "ΥΑ": "υπουργική απόφαση", "ΓΑΠΑ": "γάπα",
    # benefits and money
    "ΕΚΑΣ": "εκάς", "ΚΕΑ": "κέα", "ΕΕΕ": "έψιλον έψιλον έψιλον", "Α21": "άλφα είκοσι ένα",
    "ΦΠΑ": "φιπιά", "ΕΝΦΙΑ": "ένφια", "ΕΣΠΑ": "έσπα", "ΔΕΚΟ": "δέκο", "ΑΕΠ": "αέπ",
    "ΣΣΕ": "συλλογική σύμβαση εργασίας",
    # people, companies, and the rest
    "ΑΜΕΑ": "αμεά", "ΤΤΕ": "Τράπεζα της Ελλάδος", "ΕΕ": "Ευρωπαϊκή Ένωση", "ΗΠΑ": "ηπά",
    "ΜΕΘ": "μεθ",
    "ΜΜΜ": "μέσα μαζικής μεταφοράς",
    "ΑΕ": "άλφα έψιλον", "ΟΕ": "όμικρον έψιλον", "ΕΕΤ": "έψιλον έψιλον ταυ", "ΕΠΕ": "επέ",
    "ΙΚΕ": "ίκε", "ΜΚΟ": "μι κάπα όμικρον", "ΤΝ": "τεχνητή νοημοσύνη", "ΑΤΜ": "έι τι εμ",
    "ΓΚΠΔ": "γενικός κανονισμός προστασίας δεδομένων", "ΜΜΕ": "μέσα ενημέρωσης",
    # words that are written in capitals for stress
    "ΟΧΙ": "όχι", "ΝΑΙ": "ναι", "ΔΕΝ": "δεν", "ΜΗΝ": "μην", "ΠΡΟΣΟΧΗ": "προσοχή", "ΚΑΙ": "και",
    "ΠΟΤΕ": "ποτέ", "ΜΟΝΟ": "μόνο", "ΔΩΡΕΑΝ": "δωρεάν", "ΑΡΙΘΜΟΣ": "αριθμός", "ΕΦΑΠΑΞ": "εφάπαξ",
    "ΤΟ": "το", "ΤΑ": "τα", "ΤΗΝ": "την", "ΤΟΝ": "τον", "ΤΩΝ": "των", "ΤΟΥ": "του", "ΤΗΣ": "της",
    "ΣΤΟ": "στο", "ΣΤΗ": "στη", "ΣΤΗΝ": "στην", "ΣΤΑ": "στα", "ΓΙΑ": "για", "ΑΠΟ": "από",
    "ΜΕ": "με", "ΣΕ": "σε", "ΘΑ": "θα", "ΝΑ": "να", "ΔΥΟ": "δύο",
}  # fmt: skip

FOREIGN: Final = {
    # services of the state
    "efka": "έφκα", "e-efka": "ι έφκα", "dypa": "δίπα", "oaed": "οαέδ", "opeka": "οπέκα",
    "teka": "τέκα", "kep": "κεπ", "kepa": "κέπα", "keao": "κεάο", "aade": "ααδέ", "amka": "άμκα",
    "afm": "αφιμί", "ergani": "εργάνη", "atlas": "άτλας", "idika": "ηδίκα", "hli": "έιτς ελ άι",
    "eopyy": "εοπί", "ika": "ίκα", "dpa": "ντι πι έι", "mitos": "μίτος", "asep": "ασέπ",
    "myefkalive": "μάι έφκα λάιβ", "mydypalive": "μάι δίπα λάιβ", "mykeplive": "μάι κεπ λάιβ",
    "myoaedlive": "μάι οαέδ λάιβ", "myergani": "μάι εργάνι", "taxisnet": "τάξις νετ",
    "taxis": "τάξις", "gov": "γκοβ", "gr": "τζι αρ", "keaprogram": "κέα πρόγκραμ",
    "mydata": "μάι ντέιτα", "myhealth": "μάι χελθ", "mycar": "μάι καρ", "my": "μάι",
    "live": "λάιβ", "wallet": "γουόλετ", "pass": "πας", "diavgeia": "διαύγεια", "eu": "ι γιου",
    "epidomastegasis": "επίδομα στέγασης", "epidomagennisis": "επίδομα γέννησης",
    # letters that are said as letters
    "sms": "ες εμ ες", "sos": "σος", "otp": "ο τι πι", "iban": "ιμπάν", "pin": "πιν",
    "pdf": "πι ντι εφ",
    "qr": "κιου αρ", "usb": "γιου ες μπι", "atm": "έι τι εμ", "gdpr": "τζι ντι πι αρ",
    "ai": "έι άι", "id": "άι ντι", "pos": "πος", "puk": "πουκ", "cv": "σι βι", "ok": "οκέι",
    "it": "άι τι", "tv": "τι βι", "vip": "βι άι πι", "html": "έιτς τι εμ ελ", "url": "γιου αρ ελ",
    "eur": "ευρώ",
    # everyday words
    "app": "απ", "apps": "απς", "email": "ιμέιλ", "e-mail": "ιμέιλ", "mail": "μέιλ",
    "internet": "ίντερνετ", "online": "ονλάιν", "on-line": "ονλάιν", "offline": "οφλάιν",
    "site": "σάιτ", "web": "γουέμπ", "link": "λινκ", "links": "λινκς", "chat": "τσατ",
    "chatbot": "τσάτμποτ", "bot": "μποτ", "robot": "ρομπότ", "voucher": "βάουτσερ",
    "account": "ακάουντ", "login": "λόγκιν", "username": "γιούζερνεϊμ", "password": "πάσγουορντ",
    "part": "παρτ", "time": "τάιμ", "full": "φουλ", "part-time": "παρτ τάιμ",
    "center": "σέντερ", "desk": "ντεσκ", "viber": "βάιμπερ",
    "google": "γκουγκλ", "apple": "απλ", "facebook": "φέισμπουκ", "skype": "σκάιπ",
    "zoom": "ζουμ", "iris": "άιρις", "banking": "μπάνκινγκ", "e-banking": "ι μπάνκινγκ",
    "smartphone": "σμάρτφοουν", "iphone": "άιφον", "android": "άντροϊντ", "tablet": "τάμπλετ",
    "pc": "πι σι", "laptop": "λάπτοπ",
    "wi-fi": "γουάι φάι", "wifi": "γουάι φάι", "covid": "κόβιντ", "leasing": "λίζινγκ",
    "rebate": "ριμπέιτ", "market": "μάρκετ", "info": "ίνφο", "com": "κομ", "org": "οργκ",
    "net": "νετ", "edu": "έντιου", "www": "γουόρλντ γουάιντ γουέμπ", "support": "σαπόρτ",
    "contact": "κόντακτ", "digital": "ντίτζιταλ", "room": "ρουμ", "video": "βίντεο",
    "stop": "στοπ", "reset": "ριντσέτ", "update": "απντέιτ", "file": "φάιλ", "form": "φορμ",
    "yes": "γες", "no": "νόου", "do": "ντου", "you": "γιου", "speak": "σπικ",
    "english": "ίνγκλις", "greek": "γκρικ", "only": "όνλι", "can": "καν", "with": "γουίθ",
    "connect": "κονέκτ", "person": "πέρσον", "i": "άι", "please": "πλιζ", "hello": "χελόου",
    "thank": "θενκ", "call": "κολ", "back": "μπακ", "help": "χελπ", "line": "λάιν", "and": "εντ",
    "the": "δε", "of": "οφ",
}  # fmt: skip

GREEK_LETTERS: Final = {
    "Α": "άλφα", "Β": "βήτα", "Γ": "γάμα", "Δ": "δέλτα", "Ε": "έψιλον", "Ζ": "ζήτα", "Η": "ήτα",
    "Θ": "θήτα", "Ι": "γιώτα", "Κ": "κάπα", "Λ": "λάμδα", "Μ": "μι", "Ν": "νι", "Ξ": "ξι",
    "Ο": "όμικρον", "Π": "πι", "Ρ": "ρο", "Σ": "σίγμα", "Τ": "ταυ", "Υ": "ύψιλον", "Φ": "φι",
    "Χ": "χι", "Ψ": "ψι", "Ω": "ωμέγα",
}  # fmt: skip

_ACCENTS: Final = str.maketrans("ΆΈΉΊΌΎΏΪΫάέήίόύώϊϋΐΰς", "ΑΕΗΙΟΥΩΙΥαεηιουωιυιυσ")
_CAPITALS = re.compile(r"(?<![^\W_])(?:[ιΙeE][-‑])?[Α-ΩΆΈΉΊΌΎΏΪΫ]{2,}\d{0,2}(?![^\W_])")
_WITH_NUMBER = re.compile(r"(?<!\w)(?:Α\s?21|ΚΠΑ\s?2)(?!\w)")
_MIXED_CASE = re.compile(r"(?<!\w)(?:ΑμεΑ|ΑμΕΑ|ΑΜεΑ|ΤτΕ)(?!\w)")
_VOWELS: Final = "ΑΕΗΙΟΥΩ"
_ACUTE: Final = str.maketrans("αεηιουω", "άέήίόύώ")
_READ_AS_WORD_MAX = 7


def _bare(word: str) -> str:
    return word.translate(_ACCENTS).upper()


def spell_greek(word: str) -> str:
    """The names of Greek letters.

    >>> spell_greek("ΑΒ")
    'άλφα βήτα'
    """
    return " ".join(GREEK_LETTERS[letter] for letter in _bare(word) if letter in GREEK_LETTERS)


def say_acronym(acronym: str) -> str:
    """One acronym.

    >>> say_acronym("ΕΦΚΑ"), say_acronym("ΕΛΓΑ"), say_acronym("ΔΝΤ")
    ('έφκα', 'ελγά', 'δέλτα νι ταυ')
    """
    bare = _bare(acronym)
    if bare in GREEK:
        return GREEK[bare]
    vowels = sum(letter in _VOWELS for letter in bare)
    if len(bare) > _READ_AS_WORD_MAX:
        return acronym.lower()
    if vowels == 0 or vowels * 3 < len(bare) or len(bare) == 2:
        return spell_greek(bare)
    return _accent_last_vowel(acronym.lower()) if acronym == bare else acronym.lower()


def _accent_last_vowel(word: str) -> str:
    """Acronyms are stressed on their end more often than not."""
    last = max(position for position, letter in enumerate(word) if letter in "αεηιουω")
    word = re.sub("σ$", "ς", word)
    return word[:last] + word[last].translate(_ACUTE) + word[last + 1 :]


def _say_capitals(match: re.Match[str]) -> str:
    text = match[0]
    prefix = ""
    if text[1:2] in ("-", "‑"):
        prefix, text = "ι ", text[2:]
    stem = text.rstrip("0123456789")
    number = text[len(stem) :]
    if _bare(text) in GREEK:
        return prefix + GREEK[_bare(text)]
    return f"{prefix}{say_acronym(stem)}{' ' if number else ''}{number}"


def say_acronyms(text: str) -> str:
    """Put every acronym in capitals into words.

    >>> say_acronyms("ο e-ΕΦΚΑ και το ΚΠΑ2 για ΑμεΑ")
    'ο ι έφκα και το κάπα πι άλφα δύο για αμεά'
    """
    text = _MIXED_CASE.sub(lambda match: GREEK[match[0].upper()], text)
    text = _WITH_NUMBER.sub(lambda match: GREEK[re.sub(r"\s", "", match[0])], text)
    return _CAPITALS.sub(_say_capitals, text)
