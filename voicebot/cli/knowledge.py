"""`voicebot understand`, `voicebot train`, `voicebot knowledge …`: what is known and understood."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from voicebot.cli.errors import CommandError
from voicebot.settings import load_settings

app = typer.Typer(help="Check the answers in intents/.", no_args_is_help=True)


def understand(
    text: Annotated[str, typer.Argument(help="What a caller says.")],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Say what is wanted by an utterance."""
    from voicebot.understanding.classifier import Classifier
    from voicebot.understanding.knowledge import load_knowledge

    settings = load_settings().understanding
    classifier = Classifier.load(settings.model, load_knowledge(settings.intents))
    meaning = classifier.understand(text)
    best, *others = (asdict(candidate) for candidate in meaning.candidates)
    answer = {**best, "decision": str(meaning.decision), "alternatives": others}
    if as_json:
        typer.echo(json.dumps(answer, ensure_ascii=False))
        return
    typer.echo(f"{best['intent']} ({best['topic']}) {best['probability']:.2f}, {meaning.decision}")
    for other in others:
        typer.echo(f"  {other['intent']} ({other['topic']}) {other['probability']:.2f}")


def train(
    if_stale: Annotated[
        bool, typer.Option("--if-stale", help="Only when intents/ changed since the last time.")
    ] = False,
) -> None:
    """Train the intent classifier from intents/."""
    from voicebot.understanding.classifier import Classifier, ClassifierError
    from voicebot.understanding.knowledge import load_knowledge
    from voicebot.understanding.training import train as train_classifier

    settings = load_settings().understanding
    knowledge = load_knowledge(settings.intents)
    if if_stale:
        try:
            Classifier.load(settings.model, knowledge)
        except ClassifierError:
            typer.secho("==> Training the classifier from intents/ (under 90 s)", bold=True)
        else:
            return
    report = train_classifier(knowledge, settings.model)
    shares = ", ".join(f"{name} {value:.3f}" for name, value in report.cross_validation.items())
    typer.echo(
        f"{report.intents} intents from {report.examples} examples in {report.seconds:.0f} s; "
        f"on held-out examples: {shares}"
    )


@app.command()
def check() -> None:
    """Check intents/ and name file, line, field and mend of every error."""
    from voicebot.understanding.knowledge import load_knowledge

    knowledge = load_knowledge(load_settings().understanding.intents)
    typer.echo(f"{len(list(knowledge))} entries, no errors")


@app.command()
def schema(
    folder: Annotated[
        Path | None, typer.Option(help="Where to write; default: schema/ in intents/.")
    ] = None,
) -> None:
    """Write the JSON Schemas with which an editor completes and checks the files while typing."""
    from voicebot.understanding.knowledge_file import SCHEMAS, model_schema

    target = folder or load_settings().understanding.intents / "schema"
    target.mkdir(parents=True, exist_ok=True)
    for kind in SCHEMAS:
        path = target / f"{kind}.json"
        path.write_text(json.dumps(model_schema(kind), ensure_ascii=False, indent=1) + "\n")
        typer.echo(str(path))


@app.command()
def services(
    query: Annotated[
        str | None, typer.Argument(help="As a caller would ask; default: all.")
    ] = None,
) -> None:
    """List the electronic services, or the one that a question asks for."""
    from voicebot.understanding.knowledge import load_knowledge

    listed = load_knowledge(load_settings().understanding.intents).eservices
    found = [listed.find(query)] if query is not None else list(listed)
    for one in found:
        if one is None:
            raise CommandError(f"no electronic service is named in {query!r}")
        typer.echo(f"{one.service.id}  {one.service.name}  {one.service.link}")


@app.command()
def stale(
    today: Annotated[str | None, typer.Option(help="YYYY-MM-DD; default: today.")] = None,
) -> None:
    """List figures that are past their date or were never confirmed."""
    from voicebot.understanding.knowledge import load_knowledge

    knowledge = load_knowledge(load_settings().understanding.intents)
    for figure in knowledge.stale(parse_day(today)):
        place = f"{figure.file}:{figure.line}"
        typer.echo(f"{place}: {figure.entry}.{figure.name} = {figure.written}: {figure.reason}")


def parse_day(text: str | None) -> date:
    """An ISO day from the command line; None is today."""
    if text is None:
        return date.today()
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise CommandError(f"--today {text}: use YYYY-MM-DD") from error
