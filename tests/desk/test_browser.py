"""The desk as an agent sees it, in a real browser."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import yaml
from fastapi import FastAPI
from playwright.async_api import Page, async_playwright, expect

from tests.desk.conftest import TOKEN
from voicebot.desk import LiveCalls, serving
from voicebot.dialogue.channel import Briefing
from voicebot.records import (
    ATHENS,
    Agency,
    CaseStatus,
    HandoffStatus,
    Outcome,
    Records,
    Speaker,
    Turn,
    Window,
)
from voicebot.records.people_types import DeskRole
from voicebot.settings import Desk
from voicebot.understanding.knowledge_schema import KnowledgeFile

pytestmark = pytest.mark.browser

CHROMIUM = "/usr/bin/chromium"
PASSWORD = "a long enough secret"


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """Where screenshots go: VOICEBOT_TEST_PICTURES, or the test's own folder."""
    return Path(os.environ.get("VOICEBOT_TEST_PICTURES", tmp_path))


@pytest.fixture
async def page(app: FastAPI, live: LiveCalls, settings: Desk) -> AsyncIterator[Page]:
    """A page that is logged in. Whatever the browser complains of fails the test."""
    complaints: list[str] = []
    async with serving(app, live, settings) as address, async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        context = await browser.new_context(base_url=address, locale="el-GR")
        opened = await context.new_page()
        opened.on("console", lambda message: complaints.append(message.text))
        opened.on("pageerror", lambda error: complaints.append(str(error)))
        await opened.goto("/")
        await opened.get_by_label("Κωδικός πρόσβασης γραφείου").fill(TOKEN)
        await opened.keyboard.press("Enter")
        await expect(opened.get_by_text("Ζωντανή σύνδεση")).to_be_visible()
        yield opened
        await browser.close()
    assert complaints == []


async def test_an_agent_follows_a_call_to_its_handoff(
    page: Page, live: LiveCalls, pictures: Path
) -> None:
    await expect(page.get_by_text("Καμία κλήση αυτή τη στιγμή.")).to_be_visible()
    live.started("call-1", "6945123456")
    live.turn(
        "call-1",
        Turn(
            Speaker.BOT,
            "Γεια σας, καλέσατε το 1555. Είμαι ψηφιακός βοηθός, ένα αυτόματο σύστημα. "
            "Μπορείτε οποτεδήποτε να ζητήσετε υπάλληλο. Πώς μπορώ να βοηθήσω;",
        ),
    )
    live.turn(
        "call-1",
        Turn(
            Speaker.CALLER,
            "έχω κάνει αίτηση για σύνταξη από τον ιούνιο και δεν έχω δει τίποτα",
            intent="E02",
            probability=0.94,
        ),
    )
    live.started("call-2")
    live.turn("call-2", Turn(Speaker.CALLER, "θέλω ραντεβού", intent="APPOINTMENT"))
    live.ended("call-3", Outcome.ANSWERED)
    await expect(page.get_by_role("row", name="Πορεία αίτησης σύνταξης")).to_be_visible()

    live.handoff(
        Briefing(
            "call-1",
            "user_request",
            "E02",
            "Έκανε αίτηση σύνταξης τον Ιούνιο και ρωτά πού βρίσκεται. Θέλει υπάλληλο.",
            (("agency", "e-ΕΦΚΑ"), ("place", "Περιστέρι"), ("afm", "094019245")),
        )
    )
    await expect(page.get_by_text("Ζήτησε υπάλληλο")).to_be_visible()
    await page.screenshot(path=pictures / "board.png", full_page=True)

    await page.get_by_role("link", name="Πορεία αίτησης σύνταξης").click()
    transcript = page.get_by_role("log")
    await expect(transcript.get_by_role("listitem")).to_have_count(2)
    await expect(page.get_by_text("Ζωντανή σύνδεση")).to_be_visible()
    live.turn("call-1", Turn(Speaker.CALLER, "το αφμ μου είναι 094019245", slot="afm"))
    live.turn(
        "call-1",
        Turn(Speaker.BOT, "Σας συνδέω με υπάλληλο, μείνετε στη γραμμή.", latency_ms=612),
    )
    await expect(transcript.get_by_text("το αφμ μου είναι [ΑΦΜ]")).to_be_visible()
    facts = page.get_by_role("complementary", name="Στοιχεία κλήσης")
    await expect(facts.get_by_text("Περιμένει υπάλληλο")).to_be_visible()
    await expect(facts.get_by_text("Περιστέρι")).to_be_visible()
    await page.screenshot(path=pictures / "call.png", full_page=True)

    live.handoff_ended("call-1", HandoffStatus.CONNECTED, "sip:agent@127.0.0.1:5070")
    await expect(facts.get_by_text("Με υπάλληλο")).to_be_visible()
    live.ended("call-1", Outcome.HANDED_OVER)
    await expect(facts.get_by_text("Ολοκληρώθηκε")).to_be_visible()
    await page.set_viewport_size({"width": 400, "height": 900})
    await page.screenshot(path=pictures / "call-narrow.png", full_page=True)


async def test_an_agent_sees_what_is_being_said(
    page: Page, live: LiveCalls, pictures: Path
) -> None:
    live.started("call-1", "6945123456")
    live.turn("call-1", Turn(Speaker.BOT, "Πώς μπορώ να βοηθήσω;"))
    live.speaking("call-1", "θέλω να")
    await page.goto("/calls/call-1")
    speaking, log = page.locator("#speaking"), page.get_by_role("log")
    await expect(speaking).to_contain_text("Μιλά τώρα")
    await expect(speaking.locator(".said")).to_have_text("θέλω να")
    # The same piece stays on the page while its words grow, and no change of it is read out.
    await speaking.locator(".said").evaluate("piece => { piece.dataset.same = 'yes' }")
    live.speaking("call-1", "θέλω να κλείσω ένα ραντεβού στον εφκα και το αφμ μου είναι 0940")
    said = "θέλω να κλείσω ένα ραντεβού στον εφκα και το αφμ μου είναι …"
    await expect(speaking.locator(".said[data-same]")).to_have_text(said)
    assert await speaking.evaluate("p => p.closest('[aria-live]').ariaLive") == "off"
    assert await log.get_attribute("aria-live") == "polite"
    await page.screenshot(path=pictures / "speaking.png", full_page=True)

    final = "θέλω να κλείσω ένα ραντεβού στον εφκα και το αφμ μου είναι 094019245"
    live.turn("call-1", Turn(Speaker.CALLER, final, intent="APPOINTMENT", probability=0.97))
    await expect(log.get_by_role("listitem")).to_have_count(2)
    await expect(log.get_by_text(final.replace("094019245", "[ΑΦΜ]"))).to_be_visible()
    await expect(speaking).to_be_hidden()
    await page.screenshot(path=pictures / "spoken.png", full_page=True)


async def test_the_newest_words_stay_in_sight(page: Page, live: LiveCalls) -> None:
    live.started("call-1")
    for at in range(40):
        live.turn("call-1", Turn(Speaker.BOT, f"Πρόταση {at}."))
    await page.goto("/calls/call-1")
    live.speaking("call-1", "μισό λεπτό")
    await expect(page.locator("#speaking")).to_be_in_viewport()
    await page.get_by_text("Πρόταση 2.").scroll_into_view_if_needed()
    live.turn("call-1", Turn(Speaker.CALLER, "μισό λεπτό παρακαλώ"))
    await expect(page.get_by_role("log").get_by_role("listitem")).to_have_count(41)
    await expect(page.get_by_text("Πρόταση 2.")).to_be_in_viewport()


async def test_the_keyboard_is_enough(page: Page, live: LiveCalls) -> None:
    live.started("call-1")
    live.turn("call-1", Turn(Speaker.CALLER, "καλημέρα", intent="E02"))
    link = page.get_by_role("link", name="Πορεία αίτησης σύνταξης")
    await expect(link).to_be_visible()
    await link.focus()
    live.turn("call-1", Turn(Speaker.CALLER, "ακούτε;"))
    await expect(page.get_by_role("cell", name="ακούτε;")).to_be_visible()
    await expect(link).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="Συνομιλία")).to_be_visible()
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("link", name="Μετάβαση στο περιεχόμενο")).to_be_focused()


async def test_what_callers_say_does_not_run(page: Page, live: LiveCalls) -> None:
    evil = "<img src=x onerror=document.title='taken'>"
    live.started("call-1")
    live.turn("call-1", Turn(Speaker.CALLER, evil))
    await expect(page.get_by_role("cell", name=evil)).to_be_visible()
    await page.goto("/calls/call-1")
    live.turn("call-1", Turn(Speaker.CALLER, evil + "!"))
    await expect(page.get_by_role("log").get_by_text(evil + "!")).to_be_visible()
    assert await page.title() == "Κλήση · 1555"


async def test_going_out(page: Page) -> None:
    await page.get_by_role("button", name="Αποσύνδεση").click()
    await expect(page.get_by_role("heading", name="Σύνδεση")).to_be_visible()
    await page.goto("/")
    await expect(page.get_by_role("heading", name="Σύνδεση")).to_be_visible()


async def test_promises_are_kept_with_two_clicks(
    page: Page, records: Records, records_url: str, pictures: Path
) -> None:
    now = datetime.now(ATHENS)
    await records.start_call("call-1", "6945123456")
    earlier = await Records.open(records_url, clock=lambda: now - timedelta(hours=4))
    await earlier.callbacks.request(
        "6945123456", Window(now - timedelta(hours=3), now - timedelta(hours=1)), "E02", "call-1"
    )
    await earlier.close()
    await records.callbacks.request(
        "2105285525", Window(now - timedelta(hours=1), now + timedelta(hours=1)), "APPOINTMENT"
    )
    number = await records.cases.open(
        Agency.EFKA,
        "E02",
        "Έκανε αίτηση σύνταξης τον Ιούνιο και ρωτά πού βρίσκεται.",
        name="Ελένη Παπαδάκη",
        phone="6945123456",
        captured=[("place", "Περιστέρι")],
    )
    await page.get_by_role("link", name="Επανακλήσεις").click()
    await expect(page.get_by_text("Εκπρόθεσμη")).to_be_visible()
    await page.screenshot(path=pictures / "callbacks.png", full_page=True)
    first = page.get_by_role("form", name="+306945123456")
    await first.get_by_role("button", name="Μίλησα").click()
    await expect(page.get_by_role("form")).to_have_count(1)

    assert (await records.cases.find(number)).status is CaseStatus.OPEN


async def log_in(page: Page, name: str) -> None:
    """As another person."""
    await page.get_by_role("button", name="Αποσύνδεση").click()
    await page.get_by_label("Όνομα").fill(name)
    await page.get_by_label("Κωδικός πρόσβασης γραφείου").fill(PASSWORD)
    await page.keyboard.press("Enter")
    await expect(page.get_by_text(name, exact=True)).to_be_visible()


async def test_a_case_goes_through_three_levels_to_its_answer(
    page: Page, records: Records, records_url: str, pictures: Path
) -> None:
    for name, role in (("maria", "agent"), ("nikos", "agent"), ("eleni", "supervisor"),
                       ("anna", "editor")):  # fmt: skip
        await records.desk_users.add(name, DeskRole(role), PASSWORD, who="test")
    await records.start_call("call-1", "6945123456")
    for who, said in (
        (Speaker.CALLER, "έχω κάνει αίτηση για σύνταξη από τον ιούνιο και δεν έχω δει τίποτα"),
        (Speaker.BOT, "Την πορεία της αίτησης τη βλέπετε στο efka.gov.gr. Θέλετε κάτι άλλο;"),
        (Speaker.CALLER, "δεν έχω κωδικούς, θέλω να μου πει κάποιος"),
    ):
        await records.add_turn("call-1", Turn(who, said))
    number = await records.cases.open(
        Agency.EFKA,
        "E02",
        "Έκανε αίτηση σύνταξης τον Ιούνιο και ρωτά πού βρίσκεται. Δεν έχει κωδικούς.",
        name="Ελένη Παπαδάκη",
        phone="6945123456",
        captured=[("place", "Περιστέρι")],
        call_id="call-1",
        level=1,
    )
    await records.cases.open(Agency.DYPA, "D03", "Δεν πήρε το επίδομα του Οκτωβρίου.", level=3)
    now = datetime.now(ATHENS)
    for days, agency in ((3, Agency.LABOUR), (20, Agency.OPEKA)):
        earlier = await Records.open(
            records_url,
            clock=lambda days=days: now - timedelta(days=days),  # type: ignore[misc]
            instance="earlier",
            demo_data=False,
        )
        await earlier.cases.open(agency, None, "παλαιότερο", area="Αργολίδας")
        await earlier.close()

    await log_in(page, "maria")
    await page.get_by_role("link", name="Αιτήματα").click()
    await expect(page.get_by_text("Εκπρόθεσμο")).to_be_visible()
    await page.screenshot(path=pictures / "cases.png", full_page=True)
    await page.get_by_label("Επίπεδο").select_option("1 · Τηλεφωνητές")
    await page.get_by_role("button", name="Εμφάνιση").click()
    await page.get_by_role("row", name="e-ΕΦΚΑ").get_by_role("link").click()

    facts = page.get_by_role("complementary", name="Στοιχεία αιτήματος")
    await expect(page.get_by_text("δεν έχω κωδικούς, θέλω να μου πει κάποιος")).to_be_visible()
    await page.get_by_role("button", name="Το αναλαμβάνω").click()
    await expect(facts.get_by_text("maria")).to_be_visible()
    await page.screenshot(path=pictures / "case-level-1.png", full_page=True)
    await escalate(page, 2, "Δεν βλέπω τον φάκελο από εδώ.")
    await expect(facts.get_by_text("e-ΕΦΚΑ, ομάδα υποστήριξης")).to_be_visible()

    await log_in(page, "nikos")
    await page.goto(f"/cases/{number}")
    await page.get_by_role("button", name="Το αναλαμβάνω").click()
    await page.locator("summary", has_text="Αναμονή πολίτη").click()
    await page.get_by_label("Τι περιμένουμε από τον πολίτη;").fill("Λείπει το ΑΜΚΑ της αίτησης.")
    await page.get_by_role("button", name="Αναμονή πολίτη").click()
    await expect(facts.get_by_text("σε αναμονή")).to_be_visible()
    await page.get_by_role("button", name="Ο πολίτης απάντησε, συνέχεια").click()
    await expect(facts.get_by_text("σε αναμονή")).to_have_count(0)
    await escalate(page, 3, "Η αίτηση είναι στο τμήμα απονομών.")
    await expect(facts.get_by_text("e-ΕΦΚΑ, υπηρεσία")).to_be_visible()

    await log_in(page, "eleni")
    await page.get_by_role("link", name="Εικόνα").click()
    await expect(page.get_by_role("heading", name="Ανοιχτά αιτήματα ανά υπεύθυνο")).to_be_visible()
    await page.screenshot(path=pictures / "figures.png", full_page=True)
    await page.get_by_role("link", name="e-ΕΦΚΑ, υπηρεσία").click()
    await page.get_by_role("row", name="e-ΕΦΚΑ").get_by_role("link").click()
    await page.locator("summary", has_text="Απάντηση και κλείσιμο").click()
    await page.get_by_label("Απάντηση προς τον πολίτη").fill(
        "Η αίτησή σας βρίσκεται στο τμήμα απονομών και θα ενημερωθείτε με μήνυμα."
    )
    await page.get_by_label("Να προταθεί ως απάντηση για όλους").check()
    await page.get_by_label("Η ερώτηση που απαντά").fill("Πού βρίσκεται η αίτηση σύνταξής μου;")
    await page.screenshot(path=pictures / "case-answer.png", full_page=True)
    await page.get_by_role("button", name="Απάντηση", exact=True).click()
    await expect(facts.get_by_text("Έκλεισε")).to_be_visible()
    await page.screenshot(path=pictures / "case-closed.png", full_page=True)
    await page.set_viewport_size({"width": 400, "height": 900})
    await page.screenshot(path=pictures / "case-narrow.png", full_page=True)
    await page.set_viewport_size({"width": 1280, "height": 900})

    await log_in(page, "anna")
    await page.get_by_role("link", name="Προτάσεις").click()
    await page.screenshot(path=pictures / "knowledge.png", full_page=True)
    async with page.expect_download() as download:
        await page.get_by_role("button", name="Σχέδιο YAML").click()
    file = await (await download.value).path()
    (entry,) = KnowledgeFile.model_validate(yaml.safe_load(file.read_text())).entries
    assert entry.topic == "E02"

    case = await records.cases.details(number)
    assert [(event.who, event.level) for event in case.history if event.level] == [
        ("team:line", 1),
        ("person:maria", 2),
        ("person:nikos", 3),
    ]
    assert case.history[-1].who == "person:eleni"
    assert (await records.audit.verify()).broken_at is None


async def test_a_supervisor_finds_what_is_late_and_gives_it_to_another(
    page: Page, records: Records, records_url: str, pictures: Path
) -> None:
    for name, role in (("eleni", "supervisor"), ("nikos", "agent")):
        await records.desk_users.add(name, DeskRole(role), PASSWORD, who="test")
    outcomes = [Outcome.ANSWERED] * 5 + [Outcome.CASE, Outcome.CALLBACK, Outcome.HANDED_OVER]
    for at, outcome in enumerate(outcomes):
        await records.start_call(f"call-{at}", "6945123456")
        await records.finish_call(f"call-{at}", outcome, "E02", agency=Agency.EFKA)
    now = datetime.now(ATHENS)
    earlier = await Records.open(
        records_url, clock=lambda: now - timedelta(days=30), instance="earlier", demo_data=False
    )
    late = await earlier.cases.open(Agency.EFKA, "E02", "Περιμένει από τον περασμένο μήνα.")
    await earlier.close()
    await records.cases.open(Agency.DYPA, "D03", "Ρωτά για το επίδομα.")

    await log_in(page, "eleni")
    await page.get_by_role("link", name="Εικόνα").click()
    shares = page.get_by_role("region", name="Κλήσεις ανά έκβαση και υπεύθυνο")
    total = shares.get_by_role("row", name="Σύνολο")
    await expect(total.get_by_role("cell")).to_have_text(str(len(outcomes)))
    await page.screenshot(path=pictures / "figures-calls.png", full_page=True)

    await page.get_by_role("region", name="Αιτήματα", exact=True).get_by_role("link").click()
    await expect(page.get_by_role("row")).to_have_count(2)
    await page.screenshot(path=pictures / "cases-overdue.png", full_page=True)
    await page.get_by_role("row", name="Εκπρόθεσμο").get_by_role("link").click()
    await page.locator("summary", has_text="Ανάθεση σε άλλον").click()
    await page.get_by_label("Σε ποιον").select_option("person:nikos")
    await page.locator("#reason-reassign").fill("Ο Νίκος έχει τον φάκελο.")
    await page.screenshot(path=pictures / "case-reassign.png", full_page=True)
    await page.get_by_role("button", name="Ανάθεση σε άλλον").click()
    facts = page.get_by_role("complementary", name="Στοιχεία αιτήματος")
    await expect(facts.get_by_text("nikos")).to_be_visible()
    assert (await records.cases.details(late)).owner == "person:nikos"


async def escalate(page: Page, level: int, reason: str) -> None:
    """Pass the case on."""
    name = f"Προώθηση στο επίπεδο {level}"
    await page.locator("summary", has_text=name).click()
    await page.get_by_label("Γιατί προωθείται;").fill(reason)
    await page.get_by_role("button", name=name).click()
