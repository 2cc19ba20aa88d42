"""Cases at the desk: listed by deadline, worked on with reasons, answered, made knowledge."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, datetime, timedelta
from pathlib import Path

import httpx
import pytest
import yaml
from fastapi import FastAPI
from pydantic import SecretStr

from tests.desk.conftest import TOKEN
from tests.desk.test_promises import form_key
from voicebot.desk import LiveCalls, create_app
from voicebot.desk.drafts import draft_entry
from voicebot.operations.case_clock import case_clock
from voicebot.operations.scheduler import Scheduler
from voicebot.records import (
    ATHENS,
    Agency,
    AlreadyFinished,
    Case,
    CaseAction,
    CaseStatus,
    InvalidRecord,
    NotFound,
    Outcome,
    Records,
    Speaker,
    Turn,
)
from voicebot.records.case_steps import CLOCK_WORK
from voicebot.records.people_types import DeskRole, Proposal, ProposalState
from voicebot.settings import Desk
from voicebot.understanding.knowledge_schema import KnowledgeFile

PASSWORD = "a long enough secret"


@pytest.fixture
async def number(records: Records) -> str:
    await records.start_call("call-1", "6945123456")
    await records.add_turn("call-1", Turn(Speaker.CALLER, "πού είναι η σύνταξή μου"))
    return await records.cases.open(
        Agency.EFKA,
        "E02",
        "Ρωτά για <b>σύνταξη</b>",
        name="Ελένη Παπαδάκη",
        phone="6945123456",
        captured=[("place", "Περιστέρι")],
        call_id="call-1",
        level=1,
    )


async def act(agent: httpx.AsyncClient, number: str, action: str, **fields: str) -> httpx.Response:
    fields = {"form_key": await form_key(agent), **fields}
    return await agent.post(f"/cases/{number}/{action}", data=fields)


@asynccontextmanager
async def named(
    app: FastAPI, records: Records, name: str, role: DeskRole
) -> AsyncIterator[httpx.AsyncClient]:
    """A browser that somebody has logged in with by name."""
    await records.desk_users.add(name, role, PASSWORD, who="test")
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://desk") as client:
        answer = await client.post("/login", data={"name": name, "token": PASSWORD})
        assert answer.status_code == 303
        yield client


@pytest.fixture
async def maria(app: FastAPI, records: Records) -> AsyncIterator[httpx.AsyncClient]:
    async with named(app, records, "maria", DeskRole.AGENT) as client:
        yield client


async def test_a_case_is_shown_with_all_that_is_known(
    agent: httpx.AsyncClient, number: str
) -> None:
    page = (await agent.get(f"/cases/{number}")).text
    for text in (
        "Ρωτά για &lt;b&gt;σύνταξη&lt;/b&gt;",
        "Ελένη Παπαδάκη",
        "+306945123456",
        "Περιστέρι",
        "πού είναι η σύνταξή μου",
        "Τηλεφωνητές",
        "πρόταση: η επόμενη εργάσιμη",
        "Άνοιξε",
    ):
        assert text in page
    assert (await agent.get("/cases/12345678")).status_code == 404


async def test_the_list_is_by_deadline_with_marks_and_filters(
    agent: httpx.AsyncClient, records: Records, records_url: str, number: str
) -> None:
    earlier = await Records.open(
        records_url,
        clock=lambda: datetime.now(ATHENS) - timedelta(days=30),
        instance="earlier",
        demo_data=False,
    )
    late = await earlier.cases.open(Agency.DYPA, "D03", "επίδομα")
    half = await earlier.cases.open(Agency.OPEKA, None, "επίδομα παιδιού", level=3)
    await earlier.close()
    page = (await agent.get("/cases")).text
    order = re.findall(r'href="/cases/(\d+)"', page)
    assert order == [late, number, half]
    assert page.count("Εκπρόθεσμο") == 1
    assert page.count("Στο μισό") == 1

    async def listed(**query: str) -> list[str]:
        answer = await agent.get("/cases", params=query)
        assert answer.status_code == 200
        return re.findall(r'href="/cases/(\d+)"', answer.text)

    assert await listed(level="1") == [number]
    assert await listed(agency="DYPA") == [late]
    assert await listed(owner="team:opeka-service") == [half]
    assert await listed(owner="team:opeka-service", level="1") == []
    assert await listed(owner="", level="", agency="") == order
    assert (await agent.get("/cases", params={"level": "9"})).status_code == 422


async def test_people_do_it_by_name_and_say_why(
    maria: httpx.AsyncClient, records: Records, number: str
) -> None:
    assert (await act(maria, number, "take")).headers["location"] == f"/cases/{number}"
    await act(maria, number, "pause", reason="Λείπει το πιστοποιητικό")
    await act(maria, number, "resume")
    await act(maria, number, "escalate", reason="Χρειάζεται φάκελος")
    await act(maria, number, "reassign", owner="person:maria", reason="Τον έχω ξαναδεί")
    await act(maria, number, "note", reason="Μίλησα με το αρχείο")
    await act(maria, number, "close", reason="Διπλό αίτημα")
    assert (await act(maria, number, "close", reason="x")).status_code == 409
    await act(maria, number, "reopen", reason="Κάλεσε ξανά")
    case = await records.cases.details(number)
    assert [event.action for event in case.history] == [
        CaseAction.OPENED,
        CaseAction.TAKEN,
        CaseAction.PAUSED,
        CaseAction.RESUMED,
        CaseAction.ESCALATED,
        CaseAction.REASSIGNED,
        CaseAction.NOTED,
        CaseAction.CLOSED,
        CaseAction.REOPENED,
    ]
    assert {event.who for event in case.history[1:]} == {"person:maria"}
    page = (await maria.get(f"/cases/{number}")).text
    for text in ("maria", "Χρειάζεται φάκελος", "στο επίπεδο 2", "e-ΕΦΚΑ, ομάδα υποστήριξης"):
        assert text in page
    links = await records.audit.about(number)
    assert links[-1].who == "person:maria"


@pytest.mark.parametrize(
    ("action", "fields", "said"),
    [
        ("pause", {"reason": " "}, "Γράψτε τον λόγο"),
        ("reassign", {"reason": "x", "owner": ""}, "Διαλέξτε σε ποιον"),
        ("note", {"reason": ""}, "Γράψτε τη σημείωση"),
        ("answer", {"by": "told", "answer": " "}, "Γράψτε την απάντηση"),
        ("answer", {"by": "email", "answer": "Εγκρίθηκε."}, "Γράψτε κινητό ή e-mail"),
        ("answer", {"by": "email", "answer": "x", "recipient": "όχι"}, "e-mail δεν είναι σωστό"),
        ("answer", {"by": "sms", "answer": "x", "recipient": "12"}, "τηλέφωνο δεν είναι σωστό"),
        ("answer", {"by": "callback", "answer": "x", "day": "χθες"}, "Διαλέξτε ημέρα"),
        ("answer", {"by": "told", "answer": "x", "propose": "true"}, "Γράψτε την ερώτηση"),
    ],
)
async def test_what_cannot_be_is_said_and_nothing_changes(
    agent: httpx.AsyncClient,
    records: Records,
    number: str,
    action: str,
    fields: dict[str, str],
    said: str,
) -> None:
    answer = await act(agent, number, action, **fields)
    assert answer.status_code == 422
    assert said in answer.text
    if fields.get("answer", " ").strip():
        assert f">{fields['answer']}</textarea>" in answer.text
    case = await records.cases.details(number)
    assert (case.status, len(case.history)) == (CaseStatus.OPEN, 1)


async def test_an_answer_by_message_closes_and_proposes(
    agent: httpx.AsyncClient, records: Records, number: str
) -> None:
    await act(
        agent,
        number,
        "answer",
        by="sms",
        answer="Η αίτηση βρίσκεται στο τμήμα {απονομών}.",
        propose="true",
        question="πού βρίσκεται η αίτησή μου",
    )
    assert (await records.cases.find(number)).status is CaseStatus.CLOSED
    (message,) = await records.messages.about(number)
    assert message.recipient == "+306945123456"
    assert "Αναμονή πολίτη" not in (await agent.get(f"/cases/{number}")).text
    page = (await agent.get("/knowledge")).text
    assert "πού βρίσκεται η αίτησή μου" in page
    (proposal,) = await records.proposals.list()
    key = await form_key(agent)
    answer = await agent.post(f"/knowledge/{proposal.proposal_id}/draft", data={"form_key": key})
    assert answer.headers["content-type"].startswith("application/yaml")
    entry = KnowledgeFile.model_validate(yaml.safe_load(answer.text)).entries[0]
    assert entry.topic == "E02"
    assert entry.spoken_answer(date(2026, 11, 24)) == "Η αίτηση βρίσκεται στο τμήμα (απονομών)."
    assert (await records.proposals.get(1)).state is ProposalState.EXPORTED
    await agent.post("/knowledge/1/reject", data={"form_key": key})
    assert (await records.proposals.get(1)).decided_by == "team:operators"
    again = await agent.post("/knowledge/1/draft", data={"form_key": key})
    assert again.status_code == 409
    assert (await agent.post("/knowledge/1/reject")).status_code == 403


async def test_an_answer_by_calling_back_waits_for_the_call(
    agent: httpx.AsyncClient, records: Records, number: str
) -> None:
    tomorrow = (datetime.now(ATHENS) + timedelta(days=1)).date().isoformat()
    await act(
        agent,
        number,
        "answer",
        by="callback",
        answer="Εγκρίθηκε.",
        day=tomorrow,
        earliest="09:00",
        latest="11:00",
    )
    assert "Θα δοθεί με" in (await agent.get(f"/cases/{number}")).text
    (callback,) = await records.callbacks.for_number("6945123456")
    key = await form_key(agent)
    await agent.post(f"/callbacks/{callback.callback_id}", data={"result": "kept", "form_key": key})
    case = await records.cases.details(number)
    assert (case.status, case.history[-1].who) == (CaseStatus.CLOSED, "team:operators")


@pytest.mark.parametrize("topic", ["E02", None, "CASE_STATUS"])
def test_every_draft_is_right_in_form(topic: str | None) -> None:
    now = datetime.now(ATHENS)
    proposal = Proposal(
        7, None, Agency.DYPA, topic, "  ερώτηση\nσε δύο: γραμμές ", "απάντηση # όχι σχόλιο",
        "person:maria", now, ProposalState.NEW, None, None,
    )  # fmt: skip
    text = draft_entry(proposal)
    assert text.startswith("#")
    (entry,) = KnowledgeFile.model_validate(yaml.safe_load(text)).entries
    assert entry.topic == (topic if topic == "E02" else "D99")
    assert entry.examples == ("ερώτηση σε δύο: γραμμές",)
    assert entry.answer == "απάντηση # όχι σχόλιο"


async def test_roles_open_pages(app: FastAPI, records: Records, number: str) -> None:
    pages = ("/", "/callbacks", "/cases", f"/cases/{number}", "/figures", "/knowledge")
    allowed = {
        DeskRole.AGENT: {"/figures": 403, "/knowledge": 403},
        DeskRole.SUPERVISOR: {"/knowledge": 403},
        DeskRole.EDITOR: {"/figures": 403},
    }
    for role, refused in allowed.items():
        async with named(app, records, f"somebody.{role}", role) as client:
            for page in pages:
                assert (await client.get(page)).status_code == refused.get(page, 200)
            menu = (await client.get("/cases")).text
            assert ('href="/figures"' in menu) == ("/figures" not in refused)


async def test_who_is_shut_out_is_out_at_once(
    maria: httpx.AsyncClient, records: Records, stranger: httpx.AsyncClient
) -> None:
    assert (await maria.get("/cases")).status_code == 200
    await records.desk_users.remove("maria", who="test")
    assert (await maria.get("/cases")).status_code == 303
    for name in ("maria", "nobody"):
        answer = await stranger.post("/login", data={"name": name, "token": PASSWORD})
        assert answer.status_code == 401
    with pytest.raises(NotFound):
        await records.desk_users.remove("maria", who="test")
    await records.desk_users.add("maria", DeskRole.EDITOR, PASSWORD, who="test")
    assert (await maria.get("/knowledge")).status_code == 200
    with pytest.raises(AlreadyFinished):
        await records.desk_users.add("maria", DeskRole.AGENT, PASSWORD, who="test")


async def test_names_and_passwords_are_checked(records: Records, records_url: str) -> None:
    for name, password in (("Μαρία", PASSWORD), ("a b", PASSWORD), ("maria", "short")):
        with pytest.raises(InvalidRecord):
            await records.desk_users.add(name, DeskRole.AGENT, password, who="test")
    await records.desk_users.add("maria", DeskRole.AGENT, PASSWORD, who="test")
    assert await records.desk_users.admit("maria", PASSWORD + " ") is None
    assert await records.desk_users.admit("maria", PASSWORD) is not None
    file = Path(records_url.partition("///")[2])
    stored = b"".join(path.read_bytes() for path in file.parent.glob("records.db*"))
    assert PASSWORD.encode() not in stored
    assert b"scrypt$" in stored


async def test_the_shared_login_can_be_switched_off(records: Records, live: LiveCalls) -> None:
    settings = Desk(port=0, token=SecretStr(TOKEN), shared_login=False)
    app = create_app(records, live, settings)
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://desk"
    ) as client:
        assert "αν έχετε δικό σας" not in (await client.get("/login")).text
        assert (await client.post("/login", data={"token": TOKEN})).status_code == 401
    async with named(app, records, "nikos", DeskRole.AGENT) as client:
        assert (await client.get("/")).status_code == 200


async def test_figures_add_up(
    agent: httpx.AsyncClient, records: Records, records_url: str, number: str
) -> None:
    await records.finish_call("call-1", Outcome.CASE)
    await records.start_call("call-2", None)
    page = (await agent.get("/figures")).text
    text = re.sub(r"<[^>]+>|\s+", " ", page)
    text = re.sub(r"\s+", " ", text)
    for figure in ("Ανοιχτά τώρα 1", "Άνοιξαν 1", "Έκλεισαν 0", "Αίτημα 1", "Σε εξέλιξη 1",
                   "Σύνολο 2", "Τηλεφωνητές 1 0"):  # fmt: skip
        assert figure in text
    later = datetime.now(ATHENS) + timedelta(days=40)
    moved = await Records.open(records_url, clock=lambda: later, instance="x", demo_data=False)
    for _ in range(3):
        await Scheduler(moved, {CLOCK_WORK: case_clock}, lambda: later).run_once()
    case = await moved.cases.details(number)
    await moved.close()
    assert isinstance(case, Case)
    assert case.level == 2
    assert "Ομάδα του φορέα" in (await agent.get("/figures", params={"days": 30})).text
