"""From a source tarball to a wheel: unpack, configure, compile, wrap, pack."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import time
import venv
from collections.abc import Callable, Mapping
from pathlib import Path

from sip.source import Tarball
from sip.system import BuildError

EXTENSION = Path(__file__).resolve().parent / "extension"
CONFIGURE_OPTIONS = (
    "--disable-sound",
    "--disable-video",
    "--disable-sdl",
    "--disable-ffmpeg",
    "--disable-v4l2",
    "--disable-openh264",
    "--disable-vpx",
    "--disable-libyuv",
    "--disable-libwebrtc",
    "--disable-upnp",
    "--disable-gsm-codec",
    "--disable-ilbc-codec",
    "--disable-g7221-codec",
    "--disable-speex-codec",
    "--disable-speex-aec",
    "--disable-silk",
    "--disable-bcg729",
    "--disable-lyra",
    "--disable-opencore-amr",
    "--disable-libuuid",
    "--enable-speex-resample",
    "--with-external-srtp",
    "--enable-epoll",
)
LIBRARY_FLAGS = "-O2 -fPIC -DNDEBUG"
# The generated wrapper is one file of 200,000 lines: -O2 doubles its time and buys nothing.
WRAPPER_FLAGS = "-O1 -g0 -fPIC -DNDEBUG"

# A call object may outlive its call, whose number the library gives to the next one: then its
# destructor must not take that one's callbacks away and hang it up (pjproject issue 3856).
_DESTRUCTOR = """\
    if (id != PJSUA_INVALID_ID)
        pjsua_call_set_user_data(id, NULL);
"""
_SAFE_DESTRUCTOR = """\
    if (pjsua_get_state() >= PJSUA_STATE_CLOSING || id == PJSUA_INVALID_ID ||
        pjsua_call_get_user_data(id) != this)
    {
        return;
    }
    pjsua_call_set_user_data(id, NULL);
"""

# Everything here that shapes the wheel.
RECIPE = repr((CONFIGURE_OPTIONS, LIBRARY_FLAGS, WRAPPER_FLAGS, _DESTRUCTOR, _SAFE_DESTRUCTOR))

Report = Callable[[str], None]


def build_wheel(tarball: Tarball, work: Path, local_version: str, report: Report) -> Path:
    """Build the wheel in `work`, an empty folder that must not move meanwhile.

    Args:
        tarball: the source.
        work: where to build.
        local_version: what the wheel's version says after the `+`.
        report: takes a line about each step.

    Raises:
        BuildError: a step failed; the text shows the end of its log.
    """
    tree = work / "pjproject"
    _unpack(tarball.path, tree)
    _prepare(tree, local_version)
    library_flags = {"CFLAGS": LIBRARY_FLAGS, "CXXFLAGS": LIBRARY_FLAGS}
    jobs = f"-j{os.cpu_count() or 1}"
    run = _Runner(work, report)
    run("Configuring pjproject", ["./configure", *CONFIGURE_OPTIONS], tree, library_flags)
    run("Finding dependencies", ["make", "dep"], tree)
    run("Compiling pjproject (a minute or two)", ["make", jobs, "lib"], tree)

    python = tree / "pjsip-apps" / "src" / "swig" / "python"
    run("Wrapping it for Python", ["make", "pjsua2_wrap.cpp"], python)
    environment = work / "venv"
    venv.create(environment, with_pip=True)
    pip = [str(environment / "bin" / "python"), "-m", "pip", "--disable-pip-version-check"]
    run("Fetching setuptools", [*pip, "install", "setuptools", "wheel"], work)
    run(
        "Compiling the wrapper (a minute or two)",
        [*pip, "wheel", ".", "--no-deps", "--no-build-isolation", "-w", str(work / "wheel")],
        python,
        {
            "PJDIR": str(tree),
            "CFLAGS": f"{WRAPPER_FLAGS} -I{EXTENSION}",
            "LIBS": "-lspeexdsp",
            "LDFLAGS": "-s",
        },
    )
    (wheel,) = (work / "wheel").glob("pjsua2-*.whl")
    return wheel


def _unpack(archive: Path, tree: Path) -> None:
    staging = tree.with_name("unpacked")
    with tarfile.open(archive) as tar:
        tar.extractall(staging, filter="data")
    roots = list(staging.iterdir())
    source = roots[0] if len(roots) == 1 else staging
    if not (source / "pjsip-apps" / "src" / "swig" / "pjsua2.i").is_file():
        raise BuildError(f"{archive.name} is no pjproject source with PJSUA2 in it")
    source.rename(tree)


def _prepare(tree: Path, local_version: str) -> None:
    limits = (EXTENSION / "config_site.h").read_text(encoding="utf-8")
    (tree / "pjlib" / "include" / "pj" / "config_site.h").write_text(limits, encoding="utf-8")
    # Debian takes this file out, and the makefile still names it.
    (tree / "pjmedia" / "src" / "pjmedia-audiodev" / "bdimad_dev.c").touch()
    interface = tree / "pjsip-apps" / "src" / "swig" / "pjsua2.i"
    ours = (EXTENSION / "ringport.i").read_text(encoding="utf-8")
    interface.write_text(interface.read_text(encoding="utf-8") + ours, encoding="utf-8")
    tagged = f'version=pj_version + "+{local_version}",'
    _replace(interface.parent / "python" / "setup.py", "version=pj_version,", tagged)
    _replace(tree / "pjsip" / "src" / "pjsua2" / "call.cpp", _DESTRUCTOR, _SAFE_DESTRUCTOR)


def _replace(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    if text.count(old) != 1:
        raise BuildError(f"this pjproject's {path.name} is not the one that the build knows")
    path.write_text(text.replace(old, new), encoding="utf-8")


class _Runner:
    """Runs steps with their output in a log, and says how they go."""

    def __init__(self, work: Path, report: Report) -> None:
        self._work = work
        self._report = report
        self._count = 0

    def __call__(
        self,
        title: str,
        command: list[str],
        folder: Path,
        variables: Mapping[str, str] | None = None,
    ) -> None:
        self._count += 1
        log = self._work / f"{self._count}.log"
        started = time.monotonic()
        self._report(f"{title} …")
        # make's python3 must be ours: helper scripts run it.
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
        environment = os.environ | {"PATH": path} | dict(variables or {})
        with log.open("wb") as output:
            done = subprocess.run(
                command,
                cwd=folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                check=False,
            )
        if done.returncode != 0:
            tail = log.read_text(encoding="utf-8", errors="replace").splitlines()[-15:]
            raise BuildError(
                f"{title}: {' '.join(command)} failed ({done.returncode})\n  "
                + "\n  ".join(tail)
                + f"\n(the whole log: {log})"
            )
        self._report(f"  done in {time.monotonic() - started:.0f} s")
