"""What the first level cannot answer becomes a case; who wants to stay unknown does."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, cast

import pytest

from tests.dialogue.conftest import NOW, Play
from tests.dialogue.scripted import HangUp, ScriptedChannel
from voicebot.dialogue.channel import HandoffResult
from voicebot.dialogue.converse import Services, converse
from voicebot.dialogue.events import CallerSaid, Captured, CaseDone, Said
from voicebot.dialogue.flows import case as case_flow
from voicebot.dialogue.flows.complaint import area_of
from voicebot.dialogue.prompts import general, services
from voicebot.dialogue.veil import VEILED
from voicebot.records import Outcome, Records
from voicebot.records.errors import RecordsUnavailable
from voicebot.records.types import Agency
from voicebot.settings import Dialogue
from voicebot.understanding.classifier import Classifier
from voicebot.understanding.knowledge import Knowledge
from voicebot.understanding.knowledge_schema import Entry

PHONE = "2105285525"
REQUEST = {
    "agency": "τον έφκα",
    "topic": "λείπουν ένσημα από το δύο χιλιάδες δέκα",
    "name": "Μαρία Οικονόμου",
    "phone": PHONE,
    "afm": "090000045",
    "confirm": "ναι",
}
COMPLAINT = {
    "offer_help": "ναι",
    "anonymous": "ναι",
    "employer_name": "καφέ Ακρογιάλι",
    "employer_place": "στο Ναύπλιο",
    "period": "από τον Ιούνιο",
    "reason": "με έχει χωρίς ένσημα",
    "confirm": "ναι",
}


async def test_a_question_without_an_answer_becomes_a_case(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Entry, "spoken_answer", lambda self, today: "")
    channel = ScriptedChannel(["πότε πληρώνονται οι συντάξεις"], {"offer_help": "ναι", **REQUEST})
    played = await play(channel)
    assert general.NO_ANSWER_KNOWN in channel.said
    assert played.outcome is Outcome.CASE
    (case,) = await played.records.cases.open_ones()
    assert (case.topic, case.level, case.owner) == ("E06", 2, "team:efka-support")
    assert case.call_id == "call-1"


async def test_a_question_without_an_answer_is_not_counted_as_answered(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Entry, "spoken_answer", lambda self, today: "")
    played = await play(ScriptedChannel(["πότε πληρώνονται οι συντάξεις"], {"offer_help": "όχι"}))
    assert played.outcome is Outcome.ABANDONED
    summary = await played.records.call("call-1")
    assert summary.owner == "team:line"


async def test_who_wanted_a_person_has_a_case_with_the_operators(play: Play) -> None:
    channel = ScriptedChannel(
        ["τι έγινε με το αίτημά μου"],
        {
            "case_number": "θέλω να μιλήσω με άνθρωπο",
            **REQUEST,
            "offer_help": ["όχι", "ναι"],
        },
        handoffs=[HandoffResult.BUSY],
    )
    played = await play(channel)
    (case,) = await played.records.cases.open_ones()
    assert (case.level, case.owner) == (1, "team:operators")
    assert played.outcome is Outcome.CASE


async def test_a_number_that_nobody_has_can_be_replaced_by_a_new_request(play: Play) -> None:
    channel = ScriptedChannel(
        ["τι έγινε με το αίτημά μου"],
        {
            "case_number": "12345674",
            "verify_phone": PHONE,
            "offer_help": "ναι",
            **REQUEST,
        },
    )
    played = await play(channel)
    assert services.NOT_FOUND in channel.said
    (case,) = await played.records.cases.open_ones()
    # What was said on the way goes along, masked.
    captured = dict(case.captured)
    assert captured["verify_phone"].endswith("525")
    assert "2105285" not in captured["verify_phone"]


class _Flaky:
    """Records whose cases cannot be opened the first times."""

    def __init__(self, records: Records, failures: int) -> None:
        self._records = records
        self.cases = _FlakyCases(records, failures)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._records, name)


class _FlakyCases:
    def __init__(self, records: Records, failures: int) -> None:
        self._cases = records.cases
        self.failures = failures

    async def open(self, *args: Any, **kwargs: Any) -> str:
        if self.failures:
            self.failures -= 1
            raise RecordsUnavailable("the database is locked")
        return await self._cases.open(*args, **kwargs)


@pytest.fixture
def play_flaky(
    knowledge: Knowledge,
    classifier: Classifier,
    records: Records,
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[[ScriptedChannel, int], Awaitable[Outcome]]:
    monkeypatch.setattr(case_flow, "PAUSE_S", 0.0)

    async def run(channel: ScriptedChannel, failures: int) -> Outcome:
        flaky = cast(Records, _Flaky(records, failures))
        served = Services(knowledge, classifier, flaky)
        return await converse(channel, served, Dialogue(), clock=lambda: NOW)

    return run


async def test_a_request_is_not_lost_to_a_database_that_is_away_for_a_moment(
    play_flaky: Callable[[ScriptedChannel, int], Awaitable[Outcome]], records: Records
) -> None:
    channel = ScriptedChannel(["θέλω άνθρωπο"], {**REQUEST, "offer_help": ["όχι", "ναι"]})
    assert await play_flaky(channel, 2) is Outcome.CASE
    assert channel.said.count(services.WRITING_DOWN) == 2
    assert len(await records.cases.open_ones()) == 1


async def test_when_the_records_are_back_the_same_call_still_ends_in_a_case(
    play_flaky: Callable[[ScriptedChannel, int], Awaitable[Outcome]], records: Records
) -> None:
    # Nobody answers at first nor after the failure; the callback is declined both times.
    channel = ScriptedChannel(
        ["θέλω άνθρωπο"], {**REQUEST, "offer_help": ["όχι", "ναι", "ναι", "όχι", "ναι"]}
    )
    assert await play_flaky(channel, case_flow.RETRIES + 1) is Outcome.CASE
    assert general.SYSTEM_PROBLEM in channel.said
    (case,) = await records.cases.open_ones()
    assert case.owner
    assert (await records.call("call-1")).outcome is Outcome.CASE


async def test_a_call_that_ended_without_the_database_is_written_when_it_is_back(
    knowledge: Knowledge,
    classifier: Classifier,
    records: Records,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("voicebot.dialogue.ledger.FINISH_PAUSE_S", 0.0)
    served = Services(knowledge, classifier, records)

    async def ask(call_id: str) -> Outcome:
        channel = ScriptedChannel(["πότε πληρώνονται οι συντάξεις"], call_id=call_id)
        return await converse(channel, served, Dialogue(), clock=lambda: NOW)

    async def away(work: object) -> None:
        raise RecordsUnavailable("the database is away")

    with monkeypatch.context() as broken:
        broken.setattr(records._database, "write", away)
        assert await ask("call-1") is Outcome.ANSWERED
        assert await ask("call-2") is Outcome.ANSWERED
    assert await records.outcomes() == {}
    assert await ask("call-3") is Outcome.ANSWERED
    assert await records.outcomes() == {Outcome.ANSWERED: 3}
    late = await records.call("call-1")
    assert (late.owner, late.topic) == ("team:line", "E06")


async def test_an_anonymous_complaint_leaves_no_trace(
    play: Play, records: Records, tmp_path: Path
) -> None:
    channel = ScriptedChannel(
        ["θέλω να κάνω καταγγελία για τον εργοδότη μου"], COMPLAINT, number="+306945123456"
    )
    played = await play(channel)
    assert played.outcome is Outcome.CASE
    (case,) = await records.cases.open_ones()
    assert (case.name, case.phone, case.call_id, case.anonymous) == (None, None, None, True)
    assert case.owner == "team:labour-support:Αργολίδας"
    assert case.opened_at < NOW
    call = await records.call("call-1")
    assert (call.outcome, call.caller_number) == (Outcome.CASE, None)
    turns = await records.transcript("call-1")
    assert len(turns) > 8
    before_goodbye = [turn.text for turn in turns]
    assert set(before_goodbye) == {VEILED}
    # Nobody who watched or wrote along learnt more.
    known = [event for event in played.journal.events if isinstance(event, Said | CallerSaid)]
    told = {event.text for event in known}
    for secret in ("Ακρογιάλι", "ένσημα", "Ναύπλιο", case.number):
        assert not any(secret in text for text in told)
        assert not any(secret in str(e) for e in played.journal.of(Captured))
    assert "number" not in dict(played.journal.one(CaseDone).details)
    assert b"6945123456" not in (tmp_path / "records.db").read_bytes()
    # The caller heard the number all the same.
    assert any("πρωτοκόλλου" in text for text in channel.said)


async def test_who_hangs_up_within_an_anonymous_complaint_is_unknown_too(
    play: Play, records: Records
) -> None:
    channel = ScriptedChannel(
        ["θέλω να κάνω καταγγελία για τον εργοδότη μου"],
        {**COMPLAINT, "period": HangUp()},
        number="+306945123456",
    )
    played = await play(channel)
    assert played.outcome is Outcome.ANSWERED
    assert await records.cases.open_ones() == ()
    assert {turn.text for turn in await records.transcript("call-1")} == {VEILED}
    assert (await records.call("call-1")).caller_number is None


async def test_a_complaint_with_a_name_keeps_its_call(play: Play, records: Records) -> None:
    channel = ScriptedChannel(
        ["θέλω να κάνω καταγγελία για τον εργοδότη μου"],
        {**COMPLAINT, "anonymous": "όχι", "name": "Μαρία Οικονόμου", "phone": PHONE,
         "afm": "δεν το έχω"},
    )  # fmt: skip
    await play(channel)
    (case,) = await records.cases.open_ones()
    assert (case.call_id, case.phone) == ("call-1", "+302105285525")
    assert case.owner == "team:labour-support:Αργολίδας"
    assert VEILED not in {turn.text for turn in await records.transcript("call-1")}


@pytest.mark.parametrize(
    ("place", "area"),
    [
        ("στο Περιστέρι", "Αττικής"),
        ("Εγνατία 5, Θεσσαλονίκη", "Θεσσαλονίκης"),
        ("Άγιος Δημήτριος", None),
        ("δεν ξέρω", None),
    ],
)
def test_complaints_go_to_the_inspectors_of_the_place(place: str, area: str | None) -> None:
    assert area_of(place) == area


async def test_requests_for_other_agencies_have_no_area(play: Play, records: Records) -> None:
    channel = ScriptedChannel(["θέλω άνθρωπο"], {**REQUEST, "offer_help": ["όχι", "ναι"]})
    await play(channel)
    (case,) = await records.cases.open_ones()
    assert (case.agency, case.area) == (Agency.EFKA, None)
