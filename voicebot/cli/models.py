"""`voicebot models …`: stock recognisers and voices from a hub, by digest."""

from __future__ import annotations

from typing import Annotated

import typer

app = typer.Typer(help="Stock recognisers and voices.", no_args_is_help=True)


@app.command("list")
def list_models() -> None:
    """List what can be pulled, with licence and size."""
    from voicebot.downloads import load_manifest

    for model in load_manifest():
        here = "on disk" if model.is_complete() else f"{model.bytes / 2**20:.0f} MiB"
        typer.echo(f"{model.alias or model.name:24} {here:>10}  {model.title}; {model.licence}")


@app.command()
def pull(
    names: Annotated[list[str], typer.Argument(help="As `voicebot models list` names them.")],
    trust_first: Annotated[
        bool,
        typer.Option(
            "--trust-first",
            help="Accept a file without a pinned digest and remember what came.",
        ),
    ] = False,
) -> None:
    """Fetch models, resuming where a download broke off, and check their digests."""
    from voicebot.downloads import find_model, load_manifest, pull

    models = load_manifest()
    for name in names:
        model = find_model(name, models)
        pulled = pull(model, trust_first=trust_first, progress=_progress)
        typer.echo(f"{model.name}: {pulled.folder}")


def _progress(file: str, done: int, expected: int) -> None:
    if expected:
        typer.echo(f"\r{file} {done / expected:4.0%}", nl=done >= expected)
