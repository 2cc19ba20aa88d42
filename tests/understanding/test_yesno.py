from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voicebot.understanding.data.answers import NO_PHRASES, YES_PHRASES
from voicebot.understanding.yesno import Answer, parse_yes_no

YES = """ναι|μάλιστα|βεβαίως|σωστά|αμέ|ναι ναι|ε ναι βέβαια|γιατί όχι|και βέβαια θέλω|οκ|έγινε
όπως τα λέτε|με βολεύει μια χαρά|ναι δεν έχω αντίρρηση|όχι, ναι, σωστά είναι|μάλλον ναι|μαλιστα
ναι στείλτε μου|ναι το σωστό είναι αυτό|μάλιςτα|βεβεως""".replace("\n", "|")
NO = """όχι|μπα|δεν θέλω|λάθος|όχι όχι εντάξει|α μπα|δεν είναι σωστό|τίποτα άλλο ευχαριστώ
όχι σωστά δεν είναι|ναι όχι λάθος|ευχαριστώ αυτά ήταν|δεν είναι ακριβώς έτσι|όχι καλέ|μη
όχι το τηλέφωνο είναι λάθος|εντάξει δεν χρειάζεται|λάθος αριθμός""".replace("\n", "|")
UNCLEAR = """δεν ξέρω|ίσως|τι είπατε|θέλω ραντεβού|πότε είναι|και ναι και όχι|το απόγευμα
δεν είμαι σίγουρος|ναι αλλά όχι αυτό το τηλέφωνο|να ρωτήσω τη γυναίκα μου""".replace("\n", "|")


@pytest.mark.parametrize("text", YES.split("|"))
def test_yes(text: str) -> None:
    assert parse_yes_no(text)[0].value is Answer.YES


@pytest.mark.parametrize("text", NO.split("|"))
def test_no(text: str) -> None:
    assert parse_yes_no(text)[0].value is Answer.NO


@pytest.mark.parametrize("text", UNCLEAR.split("|"))
def test_neither(text: str) -> None:
    assert parse_yes_no(text)[0].value is Answer.UNCLEAR


@pytest.mark.parametrize("phrase", YES_PHRASES)
def test_every_phrase_of_the_yes_table_means_yes(phrase: str) -> None:
    assert parse_yes_no(phrase)[0].value is Answer.YES


@pytest.mark.parametrize("phrase", NO_PHRASES)
def test_every_phrase_of_the_no_table_means_no(phrase: str) -> None:
    assert parse_yes_no(phrase)[0].value is Answer.NO


def test_more_than_an_answer_lowers_confidence() -> None:
    plain = parse_yes_no("ναι")[0].confidence
    more = parse_yes_no("ναι να σας πω και το τηλέφωνο του γιου μου")[0].confidence
    assert more < plain


def test_no_words_no_answer() -> None:
    assert parse_yes_no(" … ") == []


@given(st.text(max_size=60))
@settings(deadline=None)
def test_no_text_breaks_it(text: str) -> None:
    assert all(0 < p.confidence <= 1 for p in parse_yes_no(text))
