"""Phrases that are understood in every question."""

from __future__ import annotations

import pytest

from voicebot.dialogue.clarify import is_follow_up
from voicebot.dialogue.commands import Command, recognise, slots_named


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("θέλω να μιλήσω με άνθρωπο", Command.PERSON),
        ("Θέλω άνθρωπο, όχι μηχάνημα.", Command.PERSON),
        ("υπάλληλο παρακαλώ", Command.PERSON),
        ("όχι, θέλω υπάλληλο", Command.PERSON),
        ("συνδέστε με με έναν υπάλληλο", Command.PERSON),
        ("επανάλαβε", Command.REPEAT),
        ("Επανάλαβέ το, δεν άκουσα.", Command.REPEAT),
        ("μπορείτε να το επαναλάβετε παρακαλώ", Command.REPEAT),
        ("ορίστε;", Command.REPEAT),
        ("Πιο σιγά, σας παρακαλώ.", Command.SLOWER),
        ("μιλάτε πιο αργά;", Command.SLOWER),
        ("πιο αργά", Command.SLOWER),
        ("δεν σας ακούω καλά", Command.LOUDER),
        ("πιο δυνατά", Command.LOUDER),
        ("δεν ξέρω τι να πω", Command.HELP),
        ("άκυρο", Command.CANCEL),
        ("άσ' το", Command.CANCEL),
        ("άστο καλύτερα", Command.CANCEL),
        ("αφήστε το, άλλαξα γνώμη", Command.CANCEL),
        ("μισό λεπτό να βρω τα γυαλιά μου", Command.WAIT),
        ("μια στιγμή", Command.WAIT),
        ("όχι, το τηλέφωνο το είπα λάθος", Command.CORRECT),
        ("αντίο", Command.GOODBYE),
    ],
)
def test_command_is_recognised(text: str, command: Command) -> None:
    assert recognise(text) is command


@pytest.mark.parametrize(
    "text",
    [
        "Πειραιάς",
        "την Τρίτη στις δέκα",
        "έξι εννιά σαράντα πέντε εκατόν είκοσι τρία τετρακόσια πενήντα έξι",
        "όχι υπάλληλο, δεν θέλω",
        "δεν θέλω υπάλληλο",
        "θέλω ραντεβού με τον εργατικό σύμβουλο",
        "Γιώργος Παπαδόπουλος",
        "γεια σας",
        "ναι",
        "όχι",
        "δεν κατάλαβα γιατί μου κόψατε τη σύνταξη από τον Μάρτιο και μετά",
        "",
    ],
)
def test_answer_is_no_command(text: str) -> None:
    assert recognise(text) is None


def test_later_is_no_slower_where_times_are_on_offer() -> None:
    assert recognise("πιο αργά", times_on_offer=True) is None
    assert recognise("πιο σιγά", times_on_offer=True) is Command.SLOWER


def test_spelling_of_a_recogniser_does_not_matter() -> None:
    assert recognise("επανάλλαβε το") is Command.REPEAT
    assert recognise("θελο υπαλιλο") is Command.PERSON


@pytest.mark.parametrize(
    ("text", "slots"),
    [
        ("όχι, το τηλέφωνο το είπα λάθος", ("mobile",)),
        ("το αφιμί και το όνομα είναι λάθος", ("afm", "name")),
        ("λάθος η ώρα", ("offer",)),
        ("λάθος", ()),
    ],
)
def test_slots_named(text: str, slots: tuple[str, ...]) -> None:
    assert slots_named(text) == slots


@pytest.mark.parametrize("text", ["και για τη μητέρα μου;", "το ίδιο ισχύει για τον άντρα μου"])
def test_follow_up(text: str) -> None:
    assert is_follow_up(text)


def test_new_question_is_no_follow_up() -> None:
    assert not is_follow_up("πότε πληρώνονται οι συντάξεις")
