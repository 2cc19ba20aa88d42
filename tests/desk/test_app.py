from __future__ import annotations

import re
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

from tests.desk.conftest import TOKEN
from voicebot.desk import LiveCalls
from voicebot.desk.labels import Labels
from voicebot.desk.live import Stage
from voicebot.desk.tokens import Sessions, desk_token
from voicebot.dialogue.channel import Briefing
from voicebot.dialogue.signals import HandoffReason
from voicebot.records import Agency, CaseStatus, Outcome, Records, Speaker, Turn
from voicebot.settings import Desk, SettingsError


@pytest.mark.parametrize("path", ["/", "/calls/a"])
async def test_strangers_are_sent_to_log_in(stranger: httpx.AsyncClient, path: str) -> None:
    answer = await stranger.get(path)
    assert answer.status_code == 303
    assert answer.headers["location"] == ("/login" if path == "/" else f"/login?after={path}")


@pytest.mark.parametrize("path", ["/events", "/calls/a/events"])
async def test_strangers_get_no_stream(
    stranger: httpx.AsyncClient, live: LiveCalls, path: str
) -> None:
    live.started("a")
    assert (await stranger.get(path)).status_code == 401


async def test_only_the_token_opens(stranger: httpx.AsyncClient) -> None:
    wrong = await stranger.post("/login", data={"token": TOKEN + "!"})
    assert wrong.status_code == 401
    assert "δεν είναι σωστός" in wrong.text
    assert "set-cookie" not in wrong.headers
    assert (await stranger.post("/login")).status_code == 401
    right = await stranger.post("/login", data={"token": f" {TOKEN} "})
    assert right.headers["location"] == "/"
    assert {"httponly", "samesite=lax"} <= set(
        re.split(r"; ?", right.headers["set-cookie"].lower())
    )
    assert (await stranger.get("/")).status_code == 200


async def test_a_login_leads_to_what_was_asked_for_and_nowhere_else(
    stranger: httpx.AsyncClient, live: LiveCalls
) -> None:
    live.started("a b")
    sent = await stranger.get("/calls/a%20b")
    form = (await stranger.get(sent.headers["location"])).text
    assert 'name="after" value="/calls/a b"' in form
    for after, leads_to in (
        ("/calls/a b", "/calls/a%20b"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("/\\evil.example/", "/"),
        ("/\n/evil.example", "/"),
        ("", "/"),
    ):
        answer = await stranger.post("/login", data={"token": TOKEN, "after": after})
        assert answer.headers["location"] == leads_to
        page = await stranger.get("/login", params={"after": after})
        assert "evil" not in page.text


async def test_guessing_is_slowed_down(stranger: httpx.AsyncClient) -> None:
    for _ in range(5):
        assert (await stranger.post("/login", data={"token": "guess"})).status_code == 401
    assert (await stranger.post("/login", data={"token": TOKEN})).status_code == 429


async def test_a_login_sent_by_another_site_is_refused(stranger: httpx.AsyncClient) -> None:
    answer = await stranger.post(
        "/login", data={"token": TOKEN}, headers={"sec-fetch-site": "cross-site"}
    )
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


async def test_logging_out_needs_the_form_of_this_session(agent: httpx.AsyncClient) -> None:
    assert (await agent.post("/logout")).status_code == 403
    assert (await agent.post("/logout", data={"form_key": "0" * 64})).status_code == 403
    assert (await agent.get("/")).status_code == 200
    key = re.search(r'name="form_key" value="(\w+)"', (await agent.get("/")).text)
    assert key is not None
    assert (await agent.post("/logout", data={"form_key": key[1]})).status_code == 303
    assert (await agent.get("/")).status_code == 303


@pytest.mark.parametrize("path", ["/", "/login", "/nowhere", "/static/desk.css"])
async def test_every_answer_is_locked_down(agent: httpx.AsyncClient, path: str) -> None:
    answer = await agent.get(path)
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["x-frame-options"] == "DENY"
    assert answer.headers["referrer-policy"] == "no-referrer"
    if not path.startswith("/static"):
        assert answer.headers["cache-control"] == "no-store"
    assert not re.search(r"<script(?![^>]*src=)|<style|\sstyle=|\son\w+=", answer.text)


async def test_the_board_tells_who_waits_and_who_talks(
    agent: httpx.AsyncClient, live: LiveCalls
) -> None:
    live.started("a/1", "6945123456")
    live.turn("a/1", Turn(Speaker.CALLER, "πού είναι η σύνταξή μου", intent="E02"))
    live.started("b")
    live.handoff(Briefing("b", "user_request", "APPOINTMENT", "Θέλει ραντεβού στο Περιστέρι"))
    live.ended("c", Outcome.CALLBACK)
    page = (await agent.get("/")).text
    assert "Πορεία αίτησης σύνταξης" in page
    assert "πού είναι η σύνταξή μου" in page
    assert 'href="/calls/a%2F1"' in page or 'href="/calls/a/1"' in page
    assert "•••••••456" in page
    assert "6945123456" not in page
    assert "Θέλει ραντεβού στο Περιστέρι" in page
    assert "Ζήτησε υπάλληλο" in page
    assert "Επανάκληση" in page


async def test_what_callers_say_is_never_markup(agent: httpx.AsyncClient, live: LiveCalls) -> None:
    evil = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    live.started("a")
    live.turn("a", Turn(Speaker.CALLER, evil, intent=evil, slot=evil))
    live.handoff(Briefing("a", evil, evil, evil, ((evil, evil),)))
    for path in ("/", "/calls/a"):
        page = (await agent.get(path)).text
        assert "&lt;script&gt;alert" in page
        assert "<script>alert" not in page
        assert "<img" not in page


async def test_a_call_shows_what_was_said_and_captured(
    agent: httpx.AsyncClient, live: LiveCalls
) -> None:
    live.started("a")
    live.turn("a", Turn(Speaker.BOT, "Σε ποια πόλη;", slot="place", latency_ms=640))
    live.turn("a", Turn(Speaker.CALLER, "στο Περιστέρι", intent="E02", probability=0.974))
    live.handoff(Briefing("a", "failure", "E02", "Ρωτά για σύνταξη", (("place", "Περιστέρι"),)))
    page = (await agent.get("/calls/a")).text
    for text in (
        "Σε ποια πόλη;",
        "640 ms",
        "97%",
        "Δεν έγινε κατανοητός",
        "Ρωτά για σύνταξη",
        "Πόλη ή δήμος",
        'data-events="/calls/a/events"',
    ):
        assert text in page


async def test_turns_without_words_are_described(agent: httpx.AsyncClient, live: LiveCalls) -> None:
    for text in ("[silence]", "[unheard]", "[keys] 12"):
        live.turn("a", Turn(Speaker.CALLER, text))
    page = (await agent.get("/calls/a")).text
    for text in ("(σιωπή)", "(δεν ακούστηκε καθαρά)", "(πλήκτρα: 12)"):
        assert text in page


def test_every_reason_and_outcome_has_a_name() -> None:
    labels = Labels({})
    for code in [*HandoffReason, *Outcome, *CaseStatus, *Agency, *Stage]:
        names = {
            labels.reason(code),
            labels.outcome(code),
            labels.case_status(code),
            labels.agency(code),
            labels.stage(code),
        }
        assert any(name != code for name in names)


async def test_past_calls_come_from_the_records(agent: httpx.AsyncClient, records: Records) -> None:
    await records.start_call("old", "6945123456")
    await records.add_turn("old", Turn(Speaker.CALLER, "καλημέρα"))
    await records.finish_call("old", Outcome.ANSWERED, topic="E02")
    page = (await agent.get("/calls/old")).text
    assert "καλημέρα" in page
    assert "Απαντήθηκε" in page
    assert "data-events" not in page
    assert (await agent.get("/calls/unknown")).status_code == 404
    assert (await agent.get("/calls/old/events")).status_code == 404


async def test_a_dead_database_is_said_in_greek(
    agent: httpx.AsyncClient, live: LiveCalls, tmp_path: Path
) -> None:
    connection = sqlite3.connect(tmp_path / "records.db")
    connection.execute("DROP TABLE case_events")
    connection.execute("PRAGMA foreign_keys = OFF")
    connection.execute("DROP TABLE calls")
    connection.close()
    answer = await agent.get("/calls/old")
    assert answer.status_code == 503
    assert "Η βάση δεδομένων δεν απαντά" in answer.text
    live.started("a")
    assert (await agent.get("/calls/a")).status_code == 200


@pytest.mark.parametrize("name", ["", "maria.p"])
def test_sessions_end_and_cannot_be_made_up(name: str) -> None:
    sessions = Sessions(TOKEN)
    now = datetime(2026, 11, 24, 8, tzinfo=UTC)
    cookie = sessions.begin(now, name)
    assert sessions.visitor(cookie, now) == name
    assert sessions.visitor(cookie, now + timedelta(hours=11, minutes=59)) == name
    assert sessions.visitor(cookie, now + timedelta(hours=12)) is None
    nonce, until, _, signature = cookie.split("~")
    for forged in (
        f"{nonce}~{int(until) + 60}~{name}~{signature}",
        f"{nonce}~{until}~nikos~{signature}",
        f"{nonce}~{until}~{name}~{'0' * 64}",
    ):
        assert sessions.visitor(forged, now) is None
    assert Sessions(TOKEN + "2").visitor(cookie, now) is None
    for nonsense in ("", "~", "~~~", "a~b~c~d", "γ~1~δ~ε"):
        assert sessions.visitor(nonsense, now) is None
    assert sessions.form_key(sessions.begin(now)) != sessions.form_key(cookie)


def test_a_token_is_made_once_and_kept_private(tmp_path: Path) -> None:
    file = tmp_path / "var" / "desk-token"
    token = desk_token(Desk(), file)
    assert len(token) >= 24
    assert desk_token(Desk(), file) == token
    assert file.stat().st_mode & 0o777 == 0o600
    assert desk_token(Desk(token=SecretStr("a token of our own")), file) == "a token of our own"
    with pytest.raises(SettingsError, match=r"desk\.token.*12"):
        desk_token(Desk(token=SecretStr("short")), file)
    file.write_text("")
    with pytest.raises(SettingsError, match="holds no token"):
        desk_token(Desk(), file)
    with pytest.raises(SettingsError, match="desk-token"):
        desk_token(Desk(), Path("/proc/nowhere/desk-token"))
