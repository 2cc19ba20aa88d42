"""What the recogniser is told to listen for, and what is made of its answer."""

from __future__ import annotations

import pytest

from voicebot.hearing.constraint import phrases
from voicebot.hearing.recogniser import Hypothesis, Transcript
from voicebot.line.constraints import accepts, constraint_for, weighed
from voicebot.understanding.data.answers import NO_PHRASES, YES_PHRASES
from voicebot.understanding.expectation import FREE, Expectation, Kind
from voicebot.understanding.yesno import Answer, parse_yes_no

GRAMMAR = constraint_for(Expectation(Kind.YES_NO))
CITIES = ("Αθήνα", "Θεσσαλονίκη", "Πάτρα")


@pytest.mark.parametrize(
    ("expectation", "said"),
    [
        (Expectation(Kind.YES_NO), "ναι"),
        (Expectation(Kind.YES_NO), "όχι"),
        (Expectation(Kind.CHOICE, phrases=CITIES), "Πάτρα"),
        (Expectation(Kind.PLACE, phrases=CITIES), "στη Θεσσαλονίκη"),
        (Expectation(Kind.AFM), "ένα δύο τρία τέσσερα πέντε έξι εφτά οχτώ εννιά"),
        (Expectation(Kind.PHONE), "εξήντα εννιά δεκατέσσερα διακόσια δέκα ένα δύο τρία"),
        (Expectation(Kind.PROTOCOL, phrases=("δεν τον έχω",)), "δεν τον έχω"),
        (Expectation(Kind.DIGITS, lengths=(2,)), "σαράντα πέντε"),
        (Expectation(Kind.DATE), "την τρίτη πρώτη δεκεμβρίου"),
        (Expectation(Kind.DATE), "αύριο"),
        (Expectation(Kind.DATE), "είκοσι οχτώ νοεμβρίου το πρωί"),
        (Expectation(Kind.DATE), "την παράλλη δευτέρα"),
        (Expectation(Kind.DATE), "στα τέλη νοεμβρίου"),
        (Expectation(Kind.DATE), "σε δύο εβδομάδες από σήμερα"),
        (Expectation(Kind.DATE), "την παραμονή των χριστουγέννων"),
        (Expectation(Kind.DATE), "δεκάτη πέμπτη δωδεκάτου"),
        (Expectation(Kind.YES_NO), "ναι καλέστε με"),
        (Expectation(Kind.YES_NO), "ευχαριστώ"),
        (Expectation(Kind.TIME), "στις δέκα και μισή το πρωί"),
        (Expectation(Kind.TIME, phrases=("το τέταρτο",)), "το τέταρτο"),
        (Expectation(Kind.TIME), "εντεκάμισι"),
    ],
)
def test_what_may_be_answered_is_in_the_grammar(expectation: Expectation, said: str) -> None:
    constraint = constraint_for(expectation)

    assert constraint is not None
    assert accepts(constraint, said)
    assert not accepts(constraint, "θέλω να μιλήσω με άνθρωπο")


@pytest.mark.parametrize(
    "expectation",
    [FREE, Expectation(Kind.CHOICE), Expectation(Kind.DIGITS)],
)
def test_where_anything_may_be_said_there_is_none(expectation: Expectation) -> None:
    assert constraint_for(expectation) is None


def test_the_same_expectation_gives_the_same_object() -> None:
    assert constraint_for(Expectation(Kind.AFM)) is constraint_for(Expectation(Kind.AFM))


def transcript(confidence: float, free: float, *, constrained: bool = True) -> Transcript:
    return Transcript(
        "ναι",
        confidence,
        (Hypothesis("ναι", 0.9), Hypothesis("όχι", 0.1), Hypothesis("θέλω άνθρωπο", free)),
        constrained=constrained,
    )


def test_a_digression_comes_first_when_it_is_likelier() -> None:
    yes_no = phrases(["ναι", "όχι"])

    heard = weighed(transcript(0.2, 0.6), yes_no, is_open=True)

    assert heard.text == heard.alternatives[0].text == "θέλω άνθρωπο"
    assert heard.confidence == 0.6
    assert not heard.constrained
    # «όχι» hardly fits: it is no second guess
    assert [one.text for one in heard.alternatives] == ["θέλω άνθρωπο", "ναι"]
    said_freely, of_the_grammar = heard.alternatives
    assert of_the_grammar.probability < said_freely.probability


@pytest.mark.parametrize(
    ("heard", "is_open"),
    [
        (transcript(0.8, 0.3), True),
        (transcript(0.2, 0.6), False),
        (transcript(0.2, 0.6, constrained=False), True),
    ],
)
def test_otherwise_the_answer_stays(heard: Transcript, is_open: bool) -> None:
    assert weighed(heard, phrases(["ναι", "όχι"]), is_open=is_open) is heard


@pytest.mark.parametrize(
    ("plain", "more", "answer"),
    [
        *(("ναι", more, Answer.YES) for more in YES_PHRASES if more != "ναι"),
        *(("όχι", more, Answer.NO) for more in NO_PHRASES if more != "όχι"),
    ],
)
def test_each_answer_may_come_after_its_plain_word_and_means_the_same(
    plain: str, more: str, answer: Answer
) -> None:
    assert GRAMMAR is not None
    assert accepts(GRAMMAR, f"{plain} {more}")
    assert [parsed.value for parsed in parse_yes_no(f"{plain} {more}")] == [answer]
