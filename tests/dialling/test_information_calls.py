"""Information calls as conversations in text: who calls comes first, nothing of the message is said
to the wrong person, the message can be spoken into, questions are answered, and a wish not to be
rung again is kept whatever happens next."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from tests.dialogue.conftest import (  # noqa: F401 - fixtures
    NOW,
    records,
    template,
)
from tests.dialogue.scripted import NOISE, SILENCE, HangUp, Journal, ScriptedChannel, Turn, keys
from voicebot.dialogue.channel import HandoffResult, HungUp
from voicebot.dialogue.converse import Services, converse
from voicebot.dialogue.events import BotNotice
from voicebot.dialogue.flows import campaign as flow
from voicebot.dialogue.prompts import callbacks as prompts
from voicebot.line.inform import Told
from voicebot.operations.campaign_work import Informed
from voicebot.records import Records
from voicebot.records.campaign_types import NewCampaign, NewPerson, PersonOutcome, RingPerson
from voicebot.records.campaigns import RUN
from voicebot.records.types import AttemptResult, Direction, Notice
from voicebot.settings import Dialogue, Hours
from voicebot.understanding.classifier import Classifier
from voicebot.understanding.knowledge import Knowledge
from voicebot.understanding.opt_out import wants_no_calls
from voicebot.understanding.reached import Reached, read_reached

pytestmark = pytest.mark.timeout(600)

NUMBER = "6945123456"
TEXT = "Κυρία {name}, τον Μάρτιο συμπληρώνετε τις προϋποθέσεις για σύνταξη."
MESSAGE = TEXT.format(name="Άννα")
YES = {"reached": "ναι, εγώ είμαι"}


class Person(ScriptedChannel):
    """Answers a telephone, and may speak, or press keys, into the message.

    Args:
        into: what is said into the message, each time that it is said.
    """

    def __init__(self, *free: Turn, into: Iterable[Turn] = (), **more: Any) -> None:
        super().__init__(free, number=NUMBER, **more)
        self._into = list(into)
        self._said_into: list[Turn] = []

    async def say(self, text: str, *, interruptible: bool = True) -> None:
        await super().say(text, interruptible=interruptible)
        self.said_whole = True
        if text == MESSAGE and interruptible and self._into:
            self.said_whole = False
            said = self._into.pop(0)
            if isinstance(said, HangUp):
                raise HungUp
            self._said_into.append(said)

    def _next(self, slot: str) -> Turn:
        return self._said_into.pop(0) if self._said_into else super()._next(slot)

    @property
    def messages(self) -> int:
        """How often the message was begun."""
        return self.said.count(MESSAGE)

    @property
    def nothing_personal(self) -> bool:
        """Nothing of the message was said."""
        return not any(word in self.transcript for word in ("Άννα", "Μάρτιο", "σύνταξη"))


@dataclass
class Called:
    """An information call that is over."""

    informed: Informed
    person: Person
    journal: Journal
    opted_out: bool
    kept: PersonOutcome

    @property
    def outcome(self) -> PersonOutcome | None:
        return self.informed.outcome


Calls = Callable[[Person], Awaitable[Called]]


@pytest.fixture
def call(
    knowledge: Knowledge,
    classifier: Classifier,
    records: Records,  # noqa: F811
) -> Calls:
    """Plays an information call to the end."""

    async def run(person: Person) -> Called:
        new = NewCampaign(name="δοκιμή", message_key="m", text=TEXT, hours=Hours())
        people = [NewPerson(f"+30{NUMBER}", (("name", "Άννα"),))]
        await records.campaigns.create(new, people, who="test")
        (work,) = await records.work.claim([RUN], 1, timedelta(minutes=1))
        ring = await records.campaign_runs.begin_next(work)
        assert isinstance(ring, RingPerson)
        assert await records.campaign_runs.may_ring(work, ring)
        told = Told(records, ring)
        channel = flow.CampaignChannel(person, ring.text, told.heard_it)
        journal = Journal()
        told.outcome = await converse(
            channel,
            Services(knowledge, classifier, records),
            Dialogue(),
            clock=lambda: NOW,
            observers=(journal,),
            course=lambda one: flow.inform(
                one, ring.text, flow.Told(lambda: told.message, told.refuses, told.answered_by)
            ),
            direction=Direction.OUTBOUND,
        )
        print(person.dialogue)
        (state,) = await records.campaigns.people("δοκιμή")
        return Called(
            told.informed("call-1"),
            person,
            journal,
            await records.opt_outs.get(NUMBER) is not None,
            state.outcome,
        )

    return run


async def test_who_calls_first_then_the_message(call: Calls) -> None:
    person = Person(slots=YES)
    called = await call(person)
    assert called.outcome is PersonOutcome.INFORMED
    # It is on record before the call is over.
    assert called.kept is PersonOutcome.INFORMED
    assert "ψηφιακός βοηθός" in person.said[0]
    assert person.said[0] in person.uninterruptible
    assert called.journal.one(BotNotice) == BotNotice(Notice.AI, completed=True)
    before = person.said[: person.said.index(MESSAGE)]
    assert prompts.CAMPAIGN_WHO in before
    assert MESSAGE not in person.uninterruptible
    assert person.ended


@pytest.mark.parametrize(
    "person",
    [
        Person(slots={"reached": keys("9")}),
        Person(slots=YES, into=[keys("9")]),
        Person(slots={**YES, "anything_else": keys("9")}),
        Person(slots={"reached": "μη με ξαναπάρετε"}),
        Person(slots=YES, into=["δεν θέλω να με καλείτε"]),
        Person(slots={**YES, "anything_else": "σας παρακαλώ μη με ξαναπάρετε τηλέφωνο"}),
        Person(slots={**YES, "anything_else": "διαγράψτε τον αριθμό μου"}),
    ],
    ids=["key at once", "key in", "key after", "said at once", "said in", "said after", "delete"],
)
async def test_opt_out(call: Calls, person: Person) -> None:
    called = await call(person)
    assert called.outcome is PersonOutcome.OPTED_OUT
    assert called.informed.result is AttemptResult.OPTED_OUT
    assert called.opted_out
    assert person.said[-1] == prompts.OPTED_OUT
    assert person.ended


async def test_an_opt_out_is_kept_by_a_call_that_breaks_off(call: Calls) -> None:
    # The person is gone while the line still answers: fourth after notice, start, question.
    called = await call(Person(slots={"reached": keys("9")}, vanish_while_saying=4))
    assert called.opted_out
    assert called.outcome is PersonOutcome.OPTED_OUT


@pytest.mark.parametrize(
    ("said", "outcome", "result"),
    [
        ("λάθος κάνετε", PersonOutcome.WRONG_PERSON, AttemptResult.WRONG_PERSON),
        ("όχι", PersonOutcome.WRONG_PERSON, AttemptResult.WRONG_PERSON),
        ("όχι, έχετε κάνει λάθος", PersonOutcome.WRONG_PERSON, AttemptResult.WRONG_PERSON),
        ("δεν είμαι εγώ", PersonOutcome.WRONG_PERSON, AttemptResult.WRONG_PERSON),
        (keys("2"), PersonOutcome.WRONG_PERSON, AttemptResult.WRONG_PERSON),
        ("δεν είναι εδώ", None, AttemptResult.AWAY),
        ("όχι, λείπει τώρα", None, AttemptResult.AWAY),
        ("είμαι η κόρη της", None, AttemptResult.AWAY),
        ("οδηγώ, πάρτε με αργότερα", None, AttemptResult.AWAY),
        (SILENCE, None, AttemptResult.AWAY),
        (NOISE, None, AttemptResult.AWAY),
    ],
)
async def test_nothing_personal_to_another(
    call: Calls, said: Turn, outcome: PersonOutcome | None, result: AttemptResult
) -> None:
    person = Person(slots={"reached": said})
    called = await call(person)
    assert person.nothing_personal
    assert called.outcome is outcome
    assert called.informed.result is result
    assert not called.opted_out
    assert person.ended


@pytest.mark.parametrize("said", ["λάθος κάνετε", "δεν είμαι εγώ αυτή", "δεν είναι εδώ"])
async def test_another_who_says_so_later(call: Calls, said: str) -> None:
    person = Person(slots={"reached": "λέγετε"}, into=[said])
    called = await call(person)
    assert person.messages == 1
    assert called.outcome in (PersonOutcome.WRONG_PERSON, None)
    assert called.kept is PersonOutcome.DIALLING
    assert person.ended


async def test_a_question_into_the_message_is_answered_and_the_message_told(call: Calls) -> None:
    person = Person(
        slots={**YES, "message": "ναι", "offer_help": "όχι"},
        into=["πόσα είναι τα χρήματα για το επίδομα ανεργίας"],
    )
    called = await call(person)
    assert called.outcome is PersonOutcome.INFORMED
    assert person.messages == 2
    between = person.said[person.said.index(MESSAGE) + 1 :]
    assert "ανεργίας" in " ".join(between[: between.index(MESSAGE)])
    assert any(prompts.CAMPAIGN_GO_ON in said for said in between)


async def test_a_question_into_the_message_and_no_more(call: Calls) -> None:
    person = Person(
        slots={**YES, "message": "όχι", "offer_help": "όχι"},
        into=["πόσα είναι τα χρήματα για το επίδομα ανεργίας"],
    )
    called = await call(person)
    assert called.outcome is PersonOutcome.PARTLY
    assert person.messages == 1


async def test_a_question_after_the_message(call: Calls) -> None:
    person = Person(
        slots={
            **YES,
            "anything_else": ["τι χαρτιά θέλω για το επίδομα ανεργίας", "όχι ευχαριστώ"],
            "offer_help": "όχι",
        }
    )
    called = await call(person)
    assert called.outcome is PersonOutcome.INFORMED
    assert "ανεργίας" in " ".join(person.said[person.said.index(MESSAGE) + 2 :])


@pytest.mark.parametrize("again", ["επαναλάβετε", "δεν άκουσα, πείτε το πάλι", keys("*")])
async def test_repeated_when_asked_into_it(call: Calls, again: Turn) -> None:
    person = Person(slots=YES, into=[again])
    called = await call(person)
    assert called.outcome is PersonOutcome.INFORMED
    assert person.messages == 2


@pytest.mark.parametrize("again", ["επαναλάβετε", "μπορείτε να το ξαναπείτε", keys("*")])
async def test_repeated_when_asked_after_it(call: Calls, again: Turn) -> None:
    person = Person(slots={**YES, "anything_else": [again, "όχι ευχαριστώ"]})
    called = await call(person)
    assert called.outcome is PersonOutcome.INFORMED
    assert person.messages == 2


async def test_noise_does_not_keep_the_message_from_being_told(call: Calls) -> None:
    person = Person(slots=YES, into=[NOISE] * 9)
    called = await call(person)
    assert called.outcome is PersonOutcome.INFORMED
    assert person.messages == 3
    assert person.uninterruptible.count(MESSAGE) == 1


@pytest.mark.parametrize(
    ("person", "outcome"),
    [
        (Person(slots=YES, into=[HangUp()]), PersonOutcome.PARTLY),
        (Person(slots=YES, into=["όχι, δεν θέλω"]), PersonOutcome.PARTLY),
        (Person(slots={**YES, "anything_else": HangUp()}), PersonOutcome.INFORMED),
        (
            Person(
                slots={**YES, "anything_else": "θέλω υπάλληλο"},
                handoffs=[HandoffResult.CONNECTED],
            ),
            PersonOutcome.HANDED_OVER,
        ),
        (
            Person(slots=YES, into=[keys("0")], handoffs=[HandoffResult.CONNECTED]),
            PersonOutcome.HANDED_OVER,
        ),
        (
            Person(
                slots={
                    **YES,
                    "anything_else": ["να με πάρετε αύριο το πρωί τηλέφωνο", "όχι ευχαριστώ"],
                    "caller_id_ok": "ναι",
                    "topic": "για τα ένσημα",
                    "confirm": "ναι",
                },
            ),
            PersonOutcome.CALLBACK,
        ),
    ],
    ids=["hangs up in it", "not wanted", "hangs up after", "a person", "key zero", "callback"],
)
async def test_outcome(call: Calls, person: Person, outcome: PersonOutcome) -> None:
    called = await call(person)
    assert called.outcome is outcome
    assert not called.opted_out


@pytest.mark.parametrize(
    ("said", "reached"),
    [
        ("Λάθος νούμερο πήρατε", Reached.WRONG),
        ("κάνετε λάθος", Reached.WRONG),
        ("άλλον ψάχνετε", Reached.WRONG),
        ("δεν μένει πια εδώ", Reached.WRONG),
        ("δεν τον ξέρω", Reached.WRONG),
        ("έχει πεθάνει", Reached.WRONG),
        ("δεν είναι σπίτι", Reached.AWAY),
        ("η κυρία δεν είναι εδώ", Reached.AWAY),
        ("είναι στη δουλειά", Reached.AWAY),
        ("τώρα δεν μπορώ", Reached.AWAY),
        ("εγώ είμαι", Reached.HERE),
        ("μάλιστα", Reached.HERE),
        ("ναι", None),
        ("όχι", None),
        ("ποιος είναι", None),
        ("πότε βγαίνω στη σύνταξη", None),
        ("έκανα λάθος στην αίτηση", None),
    ],
)
def test_read_reached(said: str, reached: Reached | None) -> None:
    assert read_reached(said) is reached


@pytest.mark.parametrize(
    ("said", "refuses"),
    [
        ("μην με ξαναπάρετε", True),
        ("να μη με ξανά πάρετε", True),
        ("μην ξανακαλέσετε", True),
        ("δε θέλω να με καλείτε", True),
        ("σταματήστε τις κλήσεις", True),
        ("μη με ενοχλείτε", True),
        ("δεν θέλω άλλες κλήσεις", True),
        ("να με ξαναπάρετε αύριο", False),
        ("δεν με πήρατε τηλέφωνο", False),
        ("θέλω να με καλέσετε", False),
        ("δεν θέλω ραντεβού", False),
    ],
)
def test_wants_no_calls(said: str, refuses: bool) -> None:
    assert wants_no_calls(said) is refuses
