"""Spoken Greek numbers in the ways callers say them: digit strings, dates, times, amounts."""

from __future__ import annotations

import random


def _named(names: str) -> tuple[str, ...]:
    return tuple(names.split())


_UNITS = ("μηδέν", "ένα", "δύο", "τρία", "τέσσερα", "πέντε", "έξι", "επτά", "οκτώ", "εννέα")
_EVERYDAY = {7: "εφτά", 8: "οχτώ", 9: "εννιά"}
_TEENS = {10: "δέκα", 11: "έντεκα", 12: "δώδεκα"}
_TENS = {
    2: "είκοσι", 3: "τριάντα", 4: "σαράντα", 5: "πενήντα", 6: "εξήντα", 7: "εβδομήντα",
    8: "ογδόντα", 9: "ενενήντα",
}  # fmt: skip
_HUNDREDS = {
    2: "διακόσια", 3: "τριακόσια", 4: "τετρακόσια", 5: "πεντακόσια", 6: "εξακόσια",
    7: "επτακόσια", 8: "οκτακόσια", 9: "εννιακόσια",
}  # fmt: skip
_EVERYDAY_HUNDREDS = {3: "τρακόσια", 7: "εφτακόσια", 8: "οχτακόσια"}
MONTHS = _named(
    "Ιανουαρίου Φεβρουαρίου Μαρτίου Απριλίου Μαΐου Ιουνίου Ιουλίου Αυγούστου Σεπτεμβρίου "
    "Οκτωβρίου Νοεμβρίου Δεκεμβρίου"
)
EVERYDAY_MONTHS = _named(
    "Γενάρη Φλεβάρη Μάρτη Απρίλη Μάη Ιούνη Ιούλη Αυγούστου Σεπτέμβρη Οκτώβρη Νοέμβρη Δεκέμβρη"
)
ACCUSATIVE_MONTHS = _named(
    "Ιανουάριο Φεβρουάριο Μάρτιο Απρίλιο Μάιο Ιούνιο Ιούλιο Αύγουστο Σεπτέμβριο Οκτώβριο "
    "Νοέμβριο Δεκέμβριο Γενάρη Μάρτη Μάη Ιούνη Οκτώβρη Δεκέμβρη"
)
DAYS = _named("Δευτέρα Τρίτη Τετάρτη Πέμπτη Παρασκευή Σάββατο Κυριακή")
_FEMALE = {"ένα": "μία", "τρία": "τρεις", "τέσσερα": "τέσσερις"}


def unit(n: int, rng: random.Random) -> str:
    if n in _EVERYDAY and rng.random() < 0.55:
        return _EVERYDAY[n]
    return _UNITS[n]


def cardinal(n: int, rng: random.Random, female: bool = False) -> str:
    """Write 0 to 999,999 in words."""
    if n >= 1000:
        thousands, rest = divmod(n, 1000)
        head = "χίλια" if thousands == 1 else f"{cardinal(thousands, rng, True)} χιλιάδες"
        return head if not rest else f"{head} {cardinal(rest, rng, female)}"
    if n >= 100:
        hundreds, rest = divmod(n, 100)
        if hundreds == 1:
            head = "εκατόν" if rest else "εκατό"
        elif hundreds in _EVERYDAY_HUNDREDS and rng.random() < 0.5:
            head = _EVERYDAY_HUNDREDS[hundreds]
        else:
            head = _HUNDREDS[hundreds]
        return head if not rest else f"{head} {cardinal(rest, rng, female)}"
    if n in _TEENS:
        return _TEENS[n]
    if 13 <= n <= 19:
        tail = unit(n - 10, rng)
        tail = _FEMALE.get(tail, tail) if female else tail
        return "δεκα" + tail
    if n >= 20:
        tens, rest = divmod(n, 10)
        if not rest:
            return _TENS[tens]
        tail = unit(rest, rng)
        return f"{_TENS[tens]} {_FEMALE.get(tail, tail) if female else tail}"
    word = unit(n, rng)
    return _FEMALE.get(word, word) if female else word


def group(digits: str, rng: random.Random) -> str:
    """Say one group of digits; zeros in front are said one by one."""
    zeros = len(digits) - len(digits.lstrip("0"))
    if zeros == len(digits):
        return " ".join(["μηδέν"] * zeros)
    return " ".join(["μηδέν"] * zeros + [cardinal(int(digits), rng)])


def digit_string(digits: str, rng: random.Random, style: str | None = None) -> str:
    """Say a string of digits singly, in pairs, in triples, or mixed, with pauses as commas."""
    style = style or rng.choices(["singles", "pairs", "triples", "mixed"], [40, 25, 15, 20])[0]
    groups, at = [], 0
    while at < len(digits):
        size = {"singles": 1, "pairs": 2, "triples": 3}.get(style) or rng.choice([1, 1, 2, 2, 3])
        groups.append(digits[at : at + size])
        at += size
    pause = rng.choices([", ", " ", "mixed"], [30, 50, 20])[0]
    words, said = [group(g, rng) for g in groups], ""
    for index, word in enumerate(words):
        every = 3 if style == "singles" else 1
        comma = (pause == ", " and index % every == 0) or (pause == "mixed" and rng.random() < 0.3)
        said += (", " if comma else " ") * bool(index) + word
    return said


_TIMES = ("δύο φορές", "τρεις φορές", "τέσσερις φορές")
_ZEROS = ("δύο μηδενικά", "τρία μηδενικά", "τέσσερα μηδενικά")


def any_grouping(digits: str, rng: random.Random) -> str:
    """Say digits in any grouping people use: by ones to fours, runs counted, or changing midway."""
    form = rng.random()
    if form < 0.6:
        return digit_string(digits, rng)
    if form < 0.8:  # groups of changing size, up to thousands
        said, at = [], 0
        while at < len(digits):
            size = rng.choice([1, 2, 2, 3, 3, 4])
            said.append(group(digits[at : at + size], rng))
            at += size
        return rng.choice([", ", " "]).join(said)
    said, at = [], 0
    while at < len(digits):
        run = 1
        while at + run < len(digits) and run < 4 and digits[at + run] == digits[at]:
            run += 1
        if run > 1 and rng.random() < 0.8:
            zeros = digits[at] == "0" and rng.random() < 0.6
            word = unit(int(digits[at]), rng)
            said.append(_ZEROS[run - 2] if zeros else f"{_TIMES[run - 2]} {word}")
        else:
            said += [unit(int(digits[at]), rng)] * run
        at += run
    return rng.choice([", ", " "]).join(said)


def random_digits(rng: random.Random) -> str:
    """A digit string of a kind that the line asks for: ΑΦΜ, ΑΜΚΑ, phones, protocol, postcode."""
    kind = rng.choices(["afm", "amka", "mobile", "fixed", "ticket", "postcode", "other"],
                       [25, 15, 25, 10, 10, 5, 10])[0]  # fmt: skip

    def some(n: int) -> str:
        return "".join(rng.choice("0123456789") for _ in range(n))

    if kind == "afm":
        return rng.choice("0111234") + some(8)
    if kind == "amka":
        return f"{rng.randint(1, 31):02}{rng.randint(1, 12):02}{rng.randint(30, 99):02}" + some(5)
    if kind == "mobile":
        return "69" + rng.choice("34789") + some(7)
    if kind == "fixed":
        return rng.choice(["210", "2310", "2610", "2810", "2410", "2" + some(3)]).ljust(
            4, "5"
        ) + some(6)
    if kind == "ticket":
        return some(8)
    if kind == "postcode":
        return rng.choice("12345678") + some(4)
    return some(rng.randint(1, 7))


def date(rng: random.Random) -> str:
    day, month = rng.randint(1, 30), rng.randrange(12)
    name = rng.choice([MONTHS, MONTHS, EVERYDAY_MONTHS])[month]
    number = cardinal(day, rng, female=True)
    said = f"πρώτη {name}" if day == 1 else f"{number} {name}"
    form = rng.randrange(12)
    if form < 4:
        return said
    if form < 6:
        return f"{'την' if day == 1 else 'στις'} {said}"
    if form == 6:
        return f"{rng.choice(DAYS)} {said}"
    if form == 7:
        return f"{number} του μήνα"
    if form == 8:
        return f"{number} του {cardinal(month + 1, rng)}"
    if form == 9:
        year = rng.choice([f"χίλια εννιακόσια {cardinal(rng.randint(30, 99), rng)}",
                           f"δύο χιλιάδες {cardinal(rng.randint(1, 27), rng)}"])  # fmt: skip
        return f"{said} {year}"
    if form == 10:
        return f"{said} του {cardinal(rng.randint(30, 99), rng)}"
    return rng.choice(["αύριο", "μεθαύριο", "σήμερα", "την άλλη εβδομάδα", "από βδομάδα",
                       "του χρόνου", "σε δεκαπέντε μέρες", "μετά τις γιορτές",
                       "στο τέλος του μήνα", "αρχές του μήνα"])  # fmt: skip


def day(rng: random.Random) -> str:
    name = rng.choice(DAYS)
    article = "το" if name == "Σάββατο" else "την"
    return rng.choice(
        [name, f"{article} {name}", f"{article} άλλη {name}", f"{article} ερχόμενη {name}",
         f"{name} πρωί", f"{name} μεσημέρι", f"{name} απόγευμα", f"κάθε {name}"]
    ).replace("το άλλη", "το άλλο").replace("το ερχόμενη", "το ερχόμενο")  # fmt: skip


def hour(rng: random.Random) -> str:
    number = rng.choice([8, 9, 9, 10, 10, 11, 11, 12, 12, 1, 2, 3, 4, 5, 6, 7])
    name = cardinal(number, rng, female=True)
    article = "στη" if number == 1 else "στις"
    minutes = rng.choice(["", "", "", " και μισή", " και τέταρτο", " παρά τέταρτο", " και δέκα",
                          " και είκοσι", " παρά δέκα", " παρά είκοσι", " και πέντε", " ακριβώς",
                          f" και {cardinal(rng.randint(1, 59), rng)}"])  # fmt: skip
    part = rng.choice(["", "", "", " το πρωί", " το μεσημέρι", " το απόγευμα", " το βράδυ"])
    form = rng.choice(["{a} ", "{a} ", "", "κατά τις ", "γύρω {a} ", "μετά τις ", "πριν τις "])
    return form.format(a=article) + name + minutes + part


def amount(rng: random.Random) -> str:
    euros = rng.choice([rng.randint(1, 99), rng.randint(100, 1999), rng.randint(1, 40) * 50])
    cents = f" και {cardinal(rng.randint(1, 99), rng)} λεπτά" if rng.random() < 0.2 else ""
    return f"{cardinal(euros, rng)} ευρώ{cents}"
