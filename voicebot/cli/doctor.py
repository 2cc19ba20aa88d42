"""`voicebot doctor`: what is missing and the command that mends it."""

from __future__ import annotations

import platform
import resource
import shutil
import socket
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from voicebot.settings import ROOT, Settings, load_settings

SUPPORTED_SYSTEMS = {("debian", "12"), ("debian", "13"), ("ubuntu", "24.04")}
OPEN_FILES = 4096
FREE_DISK_BYTES = 2 * 2**30


@dataclass(frozen=True)
class Finding:
    """One thing looked at. `needed` is False where the line runs without it, only less well."""

    name: str
    fine: bool
    detail: str
    mend: str = ""
    needed: bool = True


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """Say what is missing and the command that mends it. Exits 1 if the line cannot run."""
    import dataclasses
    import json

    findings = list(examine(load_settings()))
    for finding in findings:
        if as_json:
            typer.echo(json.dumps(dataclasses.asdict(finding), ensure_ascii=False))
            continue
        sign, colour = ("ok  ", typer.colors.GREEN) if finding.fine else _sign(finding)
        typer.secho(f"{sign} {finding.name}: {finding.detail}", fg=colour)
        if finding.mend and not finding.fine:
            typer.echo(f"     mend: {finding.mend}")
    if any(finding.needed and not finding.fine for finding in findings):
        raise typer.Exit(1)


def _sign(finding: Finding) -> tuple[str, str]:
    return ("FAIL", typer.colors.RED) if finding.needed else ("note", typer.colors.YELLOW)


def examine(settings: Settings) -> Iterator[Finding]:
    """Look at everything that the line stands on, in the order in which it is needed."""
    yield _system()
    yield _python()
    yield _disk()
    yield _open_files()
    yield _attempt("telephony", lambda: _pjsua2(), mend="make setup")
    yield from _ports(settings)
    yield _attempt("recogniser", lambda: _recogniser(settings), mend="git checkout models/greek")
    yield _attempt("voice", lambda: _voice(settings), mend="make setup")
    yield _attempt("knowledge", lambda: _knowledge(settings), mend="voicebot knowledge check")
    yield _attempt("classifier", lambda: _classifier(settings), mend="voicebot train")
    yield _attempt("records", lambda: _records(settings), mend="set records.url in voicebot.toml")
    yield _due_work(settings)


def _system() -> Finding:
    release = _os_release()
    name = release.get("PRETTY_NAME", platform.platform())
    return Finding(
        "system",
        (release.get("ID", ""), release.get("VERSION_ID", "")) in SUPPORTED_SYSTEMS,
        name,
        "use Debian 12 or 13 or Ubuntu 24.04",
        needed=False,
    )


def _os_release() -> dict[str, str]:
    try:
        return platform.freedesktop_os_release()
    except OSError:
        return {}


def _python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    return Finding(
        "python", (3, 11) <= sys.version_info < (3, 14), version, "use Python 3.11, 3.12 or 3.13"
    )


def _disk() -> Finding:
    free = shutil.disk_usage(ROOT).free
    return Finding(
        "disk",
        free >= FREE_DISK_BYTES,
        f"{free / 2**30:.1f} GiB free",
        f"free {FREE_DISK_BYTES // 2**30} GiB where the project lies",
    )


def _open_files() -> Finding:
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return Finding(
        "open files",
        soft >= OPEN_FILES,
        f"limit {soft}",
        f"ulimit -n {OPEN_FILES} (or LimitNOFILE in the service file), for more than 100 calls",
        needed=False,
    )


def _attempt(name: str, check: Callable[[], str], mend: str) -> Finding:
    """Run a check that gives its detail or raises."""
    try:
        return Finding(name, True, check())
    except Exception as error:  # whatever it is, the person is told and the next check runs
        return Finding(name, False, f"{type(error).__name__}: {error}", mend)


def _pjsua2() -> str:
    import pjsua2

    if not hasattr(pjsua2, "RingPort"):
        raise RuntimeError("the pjsua2 module is not the one that `make setup` builds")
    version: str = pjsua2.Endpoint().libVersion().full
    return f"PJSUA2 {version}"


def _ports(settings: Settings) -> Iterator[Finding]:
    for name, kind, address, port in (
        ("SIP port", socket.SOCK_DGRAM, settings.telephony.bind, settings.telephony.sip_port),
        ("desk port", socket.SOCK_STREAM, settings.desk.bind, settings.desk.port),
    ):
        with socket.socket(socket.AF_INET, kind) as probe:
            try:
                probe.bind((str(address), port))
            except OSError as error:
                yield Finding(
                    name,
                    False,
                    f"{address}:{port} {error.strerror}",
                    "stop what uses it (is the line already running?) or set another port",
                    needed=False,
                )
            else:
                yield Finding(name, True, f"{address}:{port} free")


def _recogniser(settings: Settings) -> str:
    from voicebot.hearing.loading import load_recogniser

    recogniser = load_recogniser(settings.hearing)
    try:
        recogniser.warm_up()
    finally:
        recogniser.close()
    return f"{recogniser.name} from {_short(settings.hearing.model)}"


def _voice(settings: Settings) -> str:
    from voicebot.speaking.voices import load_voice

    voice = load_voice(settings.speaking)
    try:
        voice.synthesize("δοκιμή")
    finally:
        voice.close()
    return voice.name


def _knowledge(settings: Settings) -> str:
    from voicebot.understanding.knowledge import load_knowledge

    return f"{len(list(load_knowledge(settings.understanding.intents)))} entries"


def _classifier(settings: Settings) -> str:
    from voicebot.understanding.classifier import Classifier
    from voicebot.understanding.knowledge import load_knowledge

    Classifier.load(settings.understanding.model, load_knowledge(settings.understanding.intents))
    return f"up to date in {_short(settings.understanding.model)}"


def _records(settings: Settings) -> str:
    import asyncio

    from voicebot.records import Records

    async def attempt() -> None:
        # Under the name of the line, its calls in progress would be closed as left over.
        records = await Records.open(settings.records.url, instance="doctor")
        await records.close()

    asyncio.run(attempt())
    return settings.records.url.split("@")[-1]


def _due_work(settings: Settings) -> Finding:
    """Whether promises are being kept: nothing given up, nothing long overdue."""
    import asyncio

    from voicebot.records import Records, RecordsError

    async def count() -> tuple[int, int]:
        records = await Records.open(settings.records.url, instance="doctor", demo_data=False)
        try:
            return len(await records.work.failed()), await records.work.overdue()
        finally:
            await records.close()

    try:
        failed, overdue = asyncio.run(count())
    except RecordsError as error:
        return Finding("due work", False, str(error), "mend the records first")
    mends = [
        *(["voicebot records work"] if failed else []),
        *(["run voicebot serve or voicebot scheduler"] if overdue else []),
    ]
    return Finding(
        "due work",
        not mends,
        f"{failed} given up, {overdue} overdue",
        "; ".join(mends),
        needed=False,
    )


def _short(path: Path) -> str:
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)
