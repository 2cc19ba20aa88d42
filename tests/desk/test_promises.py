from __future__ import annotations

import re
from datetime import datetime, timedelta

import httpx
import pytest

from voicebot.records import (
    ATHENS,
    Agency,
    CallbackStatus,
    CaseStatus,
    Outcome,
    Records,
    Window,
)


@pytest.fixture
def window() -> Window:
    now = datetime.now(ATHENS)
    return Window(now - timedelta(minutes=5), now + timedelta(hours=2))


async def form_key(agent: httpx.AsyncClient) -> str:
    found = re.search(r'name="form_key" value="(\w+)"', (await agent.get("/")).text)
    assert found is not None
    return found[1]


async def test_callbacks_wait_until_somebody_keeps_them(
    agent: httpx.AsyncClient, records: Records, window: Window
) -> None:
    first = await records.callbacks.request("6945123456", window, "E02")
    second = await records.callbacks.request("2105285525", window)
    page = (await agent.get("/callbacks")).text
    for text in ("+306945123456", "+302105285525", "Πορεία αίτησης σύνταξης", "Τώρα"):
        assert text in page
    key = await form_key(agent)

    async def mark(callback_id: int, result: str) -> int:
        answer = await agent.post(
            f"/callbacks/{callback_id}", data={"result": result, "form_key": key}
        )
        return answer.status_code

    assert await mark(first.callback_id, "no_answer") == 303
    assert (await records.callbacks.due())[0].attempts == 1
    assert await mark(first.callback_id, "kept") == 303
    assert await mark(second.callback_id, "given_up") == 303
    assert await records.callbacks.open_ones() == ()
    told = await records.callbacks.requested_since(first.requested_at)
    assert [(item.status, item.attempts) for item in told] == [
        (CallbackStatus.KEPT, 2),
        (CallbackStatus.GIVEN_UP, 0),
    ]
    assert await mark(first.callback_id, "kept") == 409
    assert await mark(99, "kept") == 404
    assert await mark(first.callback_id, "nonsense") == 422
    assert "Καμία δεν εκκρεμεί" in (await agent.get("/callbacks")).text


async def test_no_other_site_can_change_a_promise(
    agent: httpx.AsyncClient, stranger: httpx.AsyncClient, records: Records, window: Window
) -> None:
    callback = await records.callbacks.request("6945123456", window)
    number = await records.cases.open(Agency.KEP, None, "ερώτηση")
    for path, data in (
        (f"/callbacks/{callback.callback_id}", {"result": "kept"}),
        (f"/cases/{number}/close", {"reason": "διπλό"}),
        (f"/cases/{number}/answer", {"answer": "Εγκρίθηκε.", "by": "told"}),
    ):
        assert (await agent.post(path, data=data)).status_code == 403
        assert (await agent.post(path, data={**data, "form_key": "0"})).status_code == 403
    assert await records.callbacks.open_ones() == (callback,)
    assert (await records.cases.find(number)).status is CaseStatus.OPEN
    stranger.cookies.clear()
    for path in ("/callbacks", "/cases", f"/cases/{number}"):
        assert (await stranger.get(path)).headers["location"].startswith("/login?")


def cells(page: str, title: str) -> list[list[str]]:
    """The rows of the table under a heading, without their markup."""
    table = page.split(f">{title}</h2>")[1].split("</table>")[0]
    rows = re.findall(r"<tr>(.*?)</tr>", table, re.DOTALL)
    return [
        [re.sub(r"<[^>]+>", "", cell).strip() for cell in re.findall(r"<t[hd].*?</t[hd]>", row)]
        for row in (" ".join(row.split()) for row in rows)
    ]


async def test_figures_add_up_to_the_calls(agent: httpx.AsyncClient, records: Records) -> None:
    outcomes = [Outcome.ANSWERED] * 3 + [Outcome.CASE] * 2 + [Outcome.HANDED_OVER]
    for at, outcome in enumerate(outcomes):
        await records.start_call(f"call-{at}", "6945123456")
        agency = Agency.EFKA if at == 3 else Agency.DYPA
        await records.finish_call(f"call-{at}", outcome, "E02", agency=agency)
    await records.start_call("going on", None)
    page = (await agent.get("/figures")).text
    header, *rows, total = cells(page, "Κλήσεις ανά έκβαση και υπεύθυνο")
    assert header == ["Έκβαση", "Υπεύθυνος", "Κλήσεις"]
    assert total == ["Σύνολο", "7"]
    assert sum(int(row[-1]) for row in rows) == 7
    assert {row[1]: row[2] for row in rows if row[0] == "Αίτημα"} == {
        "e-ΕΦΚΑ, ομάδα υποστήριξης": "1",
        "ΔΥΠΑ, ομάδα υποστήριξης": "1",
    }
    assert ["Σε εξέλιξη", "–", "1"] in rows
    assert "Κανείς" not in page
    _, *latest = cells(page, "Τελευταίες κλήσεις")
    assert len(latest) == 7


async def test_supervisors_find_what_is_overdue_or_waits(
    agent: httpx.AsyncClient, records: Records, records_url: str
) -> None:
    earlier = await Records.open(
        records_url, clock=lambda: datetime.now(ATHENS) - timedelta(days=30), instance="earlier"
    )
    late = await earlier.cases.open(Agency.EFKA, None, "παλιό")
    await earlier.close()
    fresh = await records.cases.open(Agency.DYPA, None, "νέο")
    paused = await records.cases.open(Agency.OPEKA, None, "περιμένει")
    await records.cases.pause(paused, "team:operators", "λείπει ο αριθμός")
    shown = {
        state: [number for number in (late, fresh, paused) if f"/cases/{number}" in page]
        for state in ("", "overdue", "paused")
        for page in [(await agent.get("/cases", params={"state": state})).text]
    }
    assert shown == {"": [late, fresh, paused], "overdue": [late], "paused": [paused]}
    assert (await agent.get("/cases?state=nonsense")).status_code == 422
    assert 'href="/cases?state=overdue"' in (await agent.get("/figures")).text
