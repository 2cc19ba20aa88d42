"""A PostgreSQL server of our own, from Debian's binaries, on a socket in a temporary folder."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def _binaries() -> Path:
    """The newest server on this machine."""
    found = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4])
    )
    if not found:
        raise RuntimeError("no PostgreSQL server is installed: apt-get install postgresql")
    return found[-1].parent


def _run(*command: str | Path) -> None:
    """Run as an ordinary user: the server refuses to be root."""
    user = _user() if os.geteuid() == 0 else None
    done = subprocess.run(
        [str(part) for part in command],
        user=user,
        cwd="/",
        env={"LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=60,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed:\n{done.stdout}")


def _user() -> int:
    return pwd.getpwnam("nobody").pw_uid


@contextmanager
def server() -> Iterator[Path]:
    """Start a server; gives the folder of its socket. It is stopped and removed at the end."""
    folder = Path(tempfile.mkdtemp(prefix="voicebot-pg-"))
    data = folder / "data"
    if os.geteuid() == 0:
        os.chown(folder, _user(), -1)
    bin_folder = _binaries()
    try:
        _run(bin_folder / "initdb", "-D", data, "-U", "voicebot", "-A", "trust", "-N", "-E", "UTF8")
        options = f"-k {folder} -c listen_addresses= -c fsync=off -c max_connections=100"
        log = folder / "log"
        _run(bin_folder / "pg_ctl", "-D", data, "-l", log, "-o", options, "-w", "start")
        try:
            yield folder
        finally:
            _run(bin_folder / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
