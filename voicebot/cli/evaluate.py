"""`voicebot evaluate …`: how well the parts do on a file of one's own."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from voicebot.cli.knowledge import parse_day
from voicebot.settings import load_settings

if TYPE_CHECKING:
    from voicebot.rehearsal.scripted_part import SpokenResult
    from voicebot.understanding.classifier import Classifier

# How often a long run says how far it is, in rows.
_PROGRESS_EVERY = 25

app = typer.Typer(help="Measure accuracy on a file of yours.", no_args_is_help=True)

Listening = Literal["list", "digits"]
Json = Annotated[bool, typer.Option("--json", help="One JSON object.")]


def _print(report: Mapping[str, Any], as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(report, ensure_ascii=False))
        return
    for name, value in report.items():
        shown = f"{value:.3f}" if isinstance(value, float) else value
        typer.echo(f"{name}: {json.dumps(shown, ensure_ascii=False, indent=1)}")


def _progress(done: int, count: int) -> None:
    if done % _PROGRESS_EVERY == 0 or done == count:
        typer.echo(f"heard {done} of {count}", err=True)


@app.command()
def hearing(
    manifest: Annotated[Path, typer.Argument(help="TSV with a header: path, transcript.")],
    as_json: Json = False,
    constraint: Annotated[
        Listening | None,
        typer.Option(
            help="Listen for one of the folder's transcripts (list), or for as many digits as "
            "were dictated (digits); without it speech is free.",
        ),
    ] = None,
    confusions: Annotated[
        bool,
        typer.Option("--confusions", help="Also which words and sounds are taken for which."),
    ] = False,
) -> None:
    """Word and character error rates of the recogniser on 8 kHz A-law, with 95 % intervals."""
    from voicebot.hearing.evaluation import Expecting, evaluate
    from voicebot.hearing.loading import load_recogniser

    expecting = Expecting(constraint) if constraint else None
    recogniser = load_recogniser(load_settings().hearing)
    try:
        found = evaluate(manifest, recogniser, expecting=expecting, with_confusions=confusions)
        _print(found.as_dict(), as_json)
    finally:
        recogniser.close()


@app.command()
def understanding(
    file: Annotated[Path, typer.Argument(help="TSV: utterance, label|label…")],
    as_json: Json = False,
    through_speech: Annotated[
        bool,
        typer.Option(
            "--through-speech",
            help="Speak each row, send it through the telephone codec and recognise it first.",
        ),
    ] = False,
) -> None:
    """Accuracy, calibration and confusions of the intent classifier."""
    from voicebot.understanding.classifier import Classifier
    from voicebot.understanding.evaluation import evaluate_understanding
    from voicebot.understanding.knowledge import load_knowledge

    settings = load_settings().understanding
    classifier = Classifier.load(settings.model, load_knowledge(settings.intents))
    if through_speech:
        _print(_understood_through_speech(file, classifier), as_json)
    else:
        _print(evaluate_understanding(file, classifier), as_json)


def _understood_through_speech(file: Path, classifier: Classifier) -> dict[str, Any]:
    from voicebot.hearing.loading import load_recogniser
    from voicebot.rehearsal.spoken_rows import hear_all, word_error_rate
    from voicebot.understanding.evaluation import evaluate_readings, read_rows

    rows = read_rows(file)
    recogniser = load_recogniser(load_settings().hearing)
    try:
        recogniser.warm_up()
        heard = hear_all([row.utterance for row in rows], recogniser, _progress)
    finally:
        recogniser.close()
    report = evaluate_readings(rows, [one.readings for one in heard], classifier)
    return {**report, "wer": word_error_rate(heard)}


@app.command()
def captures(
    file: Annotated[Path, typer.Argument(help="TSV: kind, spoken, value.")],
    as_json: Json = False,
    today: Annotated[str | None, typer.Option(help="YYYY-MM-DD; default: today.")] = None,
    through_speech: Annotated[
        bool,
        typer.Option(
            "--through-speech",
            help="Speak each row by telephone, recognise it, and try twice where needed.",
        ),
    ] = False,
    limit: Annotated[
        int | None, typer.Option(min=1, help="With --through-speech: rows of each kind.")
    ] = None,
    kind: Annotated[
        list[str] | None,
        typer.Option(help="With --through-speech: only this kind (repeatable)."),
    ] = None,
    snr_db: Annotated[
        float | None,
        typer.Option(help="With --through-speech: noise on the line; default: a quiet one."),
    ] = None,
) -> None:
    """Accuracy of the parsers of numbers, dates, times, places, names and yes/no."""
    from voicebot.understanding.capture_evaluation import evaluate_captures

    if through_speech:
        report = _captured_through_speech(file, parse_day(today), limit, kind or [], snr_db)
        _print(report, as_json)
    else:
        _print(evaluate_captures(file, parse_day(today)), as_json)


def _captured_through_speech(
    file: Path, today: date, limit: int | None, kinds: Sequence[str], snr_db: float | None
) -> Mapping[str, Any]:
    from voicebot.hearing.loading import load_recogniser
    from voicebot.rehearsal.spoken_captures import SpokenCaptures, first_of_each_kind
    from voicebot.understanding.capture_evaluation import read_rows

    rows = first_of_each_kind(read_rows(file), limit, [one.upper() for one in kinds])
    if not rows:
        raise typer.BadParameter(f"{file} has no rows of {', '.join(kinds)}", param_hint="--kind")
    settings = load_settings().hearing
    recogniser = load_recogniser(settings)
    try:
        recogniser.warm_up()
        spoken = SpokenCaptures(recogniser, settings, today, snr_db=snr_db)
        return spoken.evaluate(rows, _progress)
    finally:
        recogniser.close()


@app.command()
def dialogues(
    file: Annotated[Path, typer.Argument(help="YAML: scripts of whole calls.")],
    as_json: Json = False,
    voice: Annotated[
        bool,
        typer.Option(
            "--voice", help="Over real SIP calls to a line of its own: spoken, and recognised."
        ),
    ] = False,
    heard: Annotated[
        bool,
        typer.Option(
            "--heard",
            help="Spoken, through the telephone's codec and recognised, but without a telephone: "
            "nothing of it is in real time.",
        ),
    ] = False,
    parallel: Annotated[
        int,
        typer.Option(
            "--parallel",
            "--calls-at-once",
            min=1,
            max=64,
            help="With --voice or --heard: how many calls side by side.",
        ),
    ] = 4,
    only: Annotated[
        str, typer.Option("--only", "--call", help="Only the calls of these ids: A01,A07.")
    ] = "",
    transcript: Annotated[
        bool, typer.Option("--transcript", help="Also what was said and heard, to stderr.")
    ] = False,
) -> None:
    """Play scripted callers against the dialogue and check what came of each call.

    In text, with --voice by telephone, with --heard through speech alone. Exits 1 when a call
    failed.
    """
    ids = [one.strip() for one in only.split(",") if one.strip()]
    if voice:
        playing = _play_by_voice(file, parallel, ids)
    else:
        playing = _play_heard(file, parallel, ids) if heard else _play(file, ids)
    if asyncio.run(_report(playing, as_json, transcript)):
        raise typer.Exit(1)


async def _report(playing: AsyncIterator[SpokenResult], as_json: bool, transcript: bool) -> int:
    """Prints each call as it ends, then the totals; gives how many failed."""
    from voicebot.dialogue.script_player import totals
    from voicebot.rehearsal.scripted_part import word_error_rate
    from voicebot.rehearsal.telling import told

    played = []
    async for one in playing:
        played.append(one)
        row = one.result.as_dict()
        if transcript:
            typer.echo("\n".join([f"— {row['id']}", *told(one.result.events)]), err=True)
        if as_json:
            typer.echo(json.dumps(row, ensure_ascii=False))
        else:
            verdict = "passed" if row["passed"] else f"FAILED: {row['failures']}"
            typer.echo(f"{row['id']} {verdict}")
    summary: dict[str, Any] = dict(totals([one.result for one in played]))
    if any(one.hearings for one in played):
        summary["wer"] = word_error_rate(played)
    typer.echo(json.dumps(summary, ensure_ascii=False))
    return int(summary["failed"])


async def _play(file: Path, only: Sequence[str]) -> AsyncIterator[SpokenResult]:
    from voicebot.dialogue.script_player import play_file
    from voicebot.dialogue.scripts import chosen, load_scripts
    from voicebot.rehearsal.scripted_part import SpokenResult
    from voicebot.understanding.classifier import Classifier
    from voicebot.understanding.knowledge import load_knowledge

    settings = load_settings()
    scripts = chosen(load_scripts(file), only)
    knowledge = load_knowledge(settings.understanding.intents)
    classifier = Classifier.load(settings.understanding.model, knowledge)
    async for result in play_file(scripts, knowledge, classifier, settings.dialogue):
        yield SpokenResult(result, ())


async def _play_heard(
    file: Path, parallel: int, only: Sequence[str]
) -> AsyncIterator[SpokenResult]:
    from voicebot.dialogue.scripts import chosen, load_scripts
    from voicebot.hearing.loading import load_recogniser
    from voicebot.rehearsal.heard_calls import play_heard
    from voicebot.understanding.classifier import Classifier
    from voicebot.understanding.knowledge import load_knowledge

    settings = load_settings()
    scripts = load_scripts(file)
    chosen(scripts, only)
    knowledge = load_knowledge(settings.understanding.intents)
    classifier = Classifier.load(settings.understanding.model, knowledge)
    recogniser = load_recogniser(settings.hearing)
    try:
        recogniser.warm_up()
        async for one in play_heard(
            scripts, knowledge, classifier, recogniser, settings, only=only, at_once=parallel
        ):
            yield one
    finally:
        recogniser.close()


async def _play_by_voice(
    file: Path, parallel: int, only: Sequence[str]
) -> AsyncIterator[SpokenResult]:
    from voicebot.rehearsal.scripted_calls import play_by_voice

    async for one in play_by_voice(file, calls_at_once=parallel, only=only):
        yield one
