"""The person at the desk in the demo: a SIP phone that answers, and the transcript on the page."""

from __future__ import annotations

import asyncio
import html
import re
import urllib.parse
import urllib.request
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http.cookiejar import CookieJar

import typer

from voicebot.desk.tokens import desk_token
from voicebot.rehearsal.ear import Ear
from voicebot.settings import load_settings
from voicebot.speaking.espeak import EspeakVoice
from voicebot.speaking.speaker import Speaker
from voicebot.telephony.soft_call import SoftCall
from voicebot.telephony.softphone import Softphone

GREETING = "Γεια σας, εδώ εξυπηρέτηση πολιτών. Βλέπω ήδη τι ζητήσατε. Πώς μπορώ να βοηθήσω;"
TALK_S = 2.0


class AgentPhone:
    """A phone that answers, greets, and hangs up after a moment.

    Attributes:
        calls: the calls it answered.
        page: text of the desk's page of the last call, as the agent saw it when answering.
        ear: hears the caller.
    """

    def __init__(self, phone: Softphone, speaker: Speaker) -> None:
        self._phone = phone
        self._speaker = speaker
        self.calls: list[SoftCall] = []
        self.page = ""
        self.ear = Ear()

    @classmethod
    @asynccontextmanager
    async def at(cls, port: int) -> AsyncIterator[AgentPhone]:
        """A phone on a port of the loopback interface, while the block lasts."""
        speaker = Speaker(EspeakVoice("el+f2", nasal=True))
        try:
            async with await Softphone.open(port=port, user="agent") as phone:
                agent = cls(phone, speaker)
                phone.serve(agent._answer)
                yield agent
        finally:
            await speaker.close()

    async def _answer(self, call: SoftCall) -> None:
        self.calls.append(call)
        await call.ring()
        await asyncio.sleep(1.0)
        address = call.invite.get("X-Voicebot-Desk") if call.invite is not None else None
        await call.answer()
        if address:
            self.page = await asyncio.to_thread(read_desk, address)
        call.send(await self._speaker.render(GREETING, sample_rate_hz=8000))
        await call.drained()
        await asyncio.sleep(TALK_S)
        await call.hang_up()

    def show(self) -> None:
        """Print what the agent had on screen."""
        typer.secho("  on the agent's screen:", bold=True)
        for line in self.page.splitlines():
            typer.echo(f"    | {line}")


def read_desk(address: str) -> str:
    """The text of a page of the desk, logged in as an agent is.

    Raises:
        OSError: the desk does not answer, or refuses.
    """
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
    token = urllib.parse.urlencode({"token": desk_token(load_settings().desk)}).encode()
    opener.open(urllib.parse.urljoin(address, "/login"), token, timeout=10).close()
    with opener.open(address, timeout=10) as answer:
        page: str = answer.read().decode()
    return _text(page)


def _text(page: str) -> str:
    """The words of a page's main part, a line for each block."""
    main = re.search(r"<main.*?</main>", page, re.DOTALL)
    blocks = re.sub(r"</(?:li|p|dd|h\d|dt)>", "\n", main.group() if main else page)
    words = html.unescape(re.sub(r"<[^>]+>", " ", blocks))
    lines = (" ".join(line.split()) for line in words.splitlines())
    return "\n".join(line for line in lines if line)
