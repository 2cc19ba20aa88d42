"""Build PJSUA2 with the project's ring port, and install it into the running Python.

    python -m sip.build            build when needed, install when needed
    python -m sip.build --check    say whether it is installed; exit status 1 when not

The wheel is kept in `~/.cache/voicebot` (or `$VOICEBOT_CACHE`) under the digest of everything
that shapes it, so a second run only compares digests. Needs nothing but the standard library.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.metadata
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

from sip.compiling import EXTENSION, RECIPE, build_wheel
from sip.source import adopt_tarball, obtain_tarball
from sip.system import BuildError, System, current_system, install_packages, missing_packages


def main(arguments: list[str] | None = None) -> int:
    """Run the command; returns its exit status."""
    parser = argparse.ArgumentParser(prog="python -m sip.build", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--check", action="store_true", help="only say whether it is installed")
    parser.add_argument("--rebuild", action="store_true", help="build even if a wheel is cached")
    parser.add_argument("--source", type=Path, metavar="TARBALL", help="take this pjproject")
    options = parser.parse_args(arguments)
    try:
        here = current_system()
        local_version = f"voicebot.{recipe_digest(here)}"
        if not (options.rebuild or options.source) and is_installed(local_version):
            print("PJSUA2 is installed")
            return 0
        if options.check:
            print("PJSUA2 is not installed: `make setup`")
            return 1
        cache = cache_folder()
        folder = cache / "wheels" / f"{here.name}-{local_version}"
        wheel = None if options.rebuild or options.source else cached_wheel(folder)
        if wheel is None:
            wheel = _build(cache, folder, here, options.source, local_version)
        _install(wheel, cache)
        print(f"PJSUA2 is installed ({wheel.name})")
    except (BuildError, OSError) as error:
        print(f"PJSUA2 could not be built: {error}", file=sys.stderr)
        return 1
    return 0


def cache_folder() -> Path:
    """Where tarballs and wheels are kept."""
    given = os.environ.get("VOICEBOT_CACHE")
    return Path(given).expanduser() if given else Path.home() / ".cache" / "voicebot"


def recipe_digest(here: System) -> str:
    """Sixteen hex digits that change with anything that shapes the wheel but its source."""
    digest = hashlib.sha256(here.name.encode())
    digest.update(RECIPE.encode())
    for path in sorted(EXTENSION.iterdir()):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def cached_wheel(folder: Path) -> Path | None:
    """The wheel in `folder`, if one was finished there and is unchanged since."""
    try:
        record = json.loads((folder / "wheel.json").read_text(encoding="utf-8"))
        wheel = folder / record["file"]
        unchanged = _sha256(wheel) == record["sha256"]
    except (OSError, ValueError, KeyError):
        return None
    return wheel if unchanged else None


def is_installed(local_version: str) -> bool:
    """Whether the running Python has the wheel of this recipe."""
    try:
        version = importlib.metadata.version("pjsua2")
    except importlib.metadata.PackageNotFoundError:
        return False
    return version.endswith(f"+{local_version}")


def _build(cache: Path, folder: Path, here: System, given: Path | None, local_version: str) -> Path:
    print("Building PJSUA2, once for this machine (about 4 minutes on 2 cores)", flush=True)
    folder.mkdir(parents=True, exist_ok=True)
    if missing := missing_packages():
        _report(f"Installing packages: {' '.join(missing)} …")
        install_packages(missing, folder / "apt.log")
    sources = cache / "sources"
    tarball = adopt_tarball(given, sources) if given else obtain_tarball(sources, here)
    _report(f"Source: {tarball.origin}, sha256 {tarball.sha256[:16]}…")
    work = Path(tempfile.mkdtemp(prefix="voicebot-pjsua2-"))
    built = build_wheel(tarball, work, local_version, _report)  # a failed build leaves its logs
    wheel = folder / built.name
    shutil.copyfile(built, wheel)
    shutil.rmtree(work)
    record = {"file": wheel.name, "sha256": _sha256(wheel), "source_sha256": tarball.sha256}
    (folder / "wheel.json").write_text(json.dumps(record, indent=1), encoding="utf-8")
    return wheel


def _install(wheel: Path, cache: Path) -> None:
    pip = [sys.executable, "-m", "pip"]
    if importlib.util.find_spec("pip") is None:
        # An environment made without pip: one kept aside installs into it.
        helper = cache / f"pip-{sys.version_info.major}.{sys.version_info.minor}"
        if not (helper / "bin" / "pip").exists():
            venv.create(helper, with_pip=True)
        pip = [str(helper / "bin" / "python"), "-m", "pip", "--python", sys.executable]
    options = ["--disable-pip-version-check", "--no-deps", "--force-reinstall", "--no-index"]
    command = [*pip, "install", *options, str(wheel)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise BuildError(f"{' '.join(command)} failed:\n{done.stderr.strip()}")
    probe = "import pjsua2; pjsua2.RingPort"
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True)
    if done.returncode != 0:
        raise BuildError(f"the wheel is installed but does not load:\n{done.stderr.strip()}")


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _report(text: str) -> None:
    print(f"  {text}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
