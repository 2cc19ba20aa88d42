"""The machine the wheel is built for: which systems are supported, and their packages."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path

BUILD_PACKAGES = (
    "build-essential",
    "swig",
    "libssl-dev",
    "libopus-dev",
    "libsrtp2-dev",
    "libspeexdsp-dev",
)
SUPPORTED_SYSTEMS = {
    ("debian", "12"): "Debian 12",
    ("debian", "13"): "Debian 13",
    ("ubuntu", "24.04"): "Ubuntu 24.04",
}
SUPPORTED_PYTHONS = ((3, 11), (3, 12), (3, 13))


class BuildError(Exception):
    """The wheel cannot be built here; the text says why and what mends it."""


@dataclass(frozen=True)
class System:
    """The system a wheel is built on and for."""

    distribution: str
    version: str
    machine: str
    python_tag: str

    @property
    def name(self) -> str:
        return f"{self.distribution}-{self.version}-{self.machine}-{self.python_tag}"


def current_system(os_release: Path = Path("/etc/os-release")) -> System:
    """Identify this machine.

    Raises:
        BuildError: the system or the Python is not one that the build was made for.
    """
    wanted = (
        f"supported are {', '.join(SUPPORTED_SYSTEMS.values())} with Python "
        f"{', '.join(f'{major}.{minor}' for major, minor in SUPPORTED_PYTHONS)}"
    )
    if sys.platform != "linux" or not os_release.is_file():
        raise BuildError(f"{platform.platform()} is not supported; {wanted}")
    fields = {}
    for line in os_release.read_text(encoding="utf-8").splitlines():
        name, _, value = line.partition("=")
        fields[name] = value.strip().strip('"')
    distribution, version = fields.get("ID", "?"), fields.get("VERSION_ID", "?")
    if (distribution, version) not in SUPPORTED_SYSTEMS:
        raise BuildError(f"{fields.get('PRETTY_NAME', distribution)} is not supported; {wanted}")
    if sys.implementation.name != "cpython" or sys.version_info[:2] not in SUPPORTED_PYTHONS:
        raise BuildError(f"Python {platform.python_version()} is not supported; {wanted}")
    return System(
        distribution=distribution,
        version=version,
        machine=platform.machine(),
        python_tag=f"cp{sys.version_info.major}{sys.version_info.minor}",
    )


def missing_packages() -> list[str]:
    """Names of the build packages that dpkg does not know as installed."""
    missing = [name for name in BUILD_PACKAGES if not _is_installed(name)]
    if not (Path(sysconfig.get_path("include")) / "Python.h").is_file():
        # Only a Python of the distribution can lack its headers: it has them in a package apart.
        missing.append(f"python{sys.version_info.major}.{sys.version_info.minor}-dev")
    return missing


def install_packages(names: list[str], log: Path) -> None:
    """Install Debian packages.

    Raises:
        BuildError: not root, or apt-get failed.
    """
    command = ["apt-get", "install", "-y", "--no-install-recommends", *names]
    if os.geteuid() != 0:
        prefix = "sudo " if shutil.which("sudo") else "as root: "
        raise BuildError(
            f"packages are missing and only root can install them; run\n  {prefix}"
            f"{' '.join(command)}\nand then this command again"
        )
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    with log.open("w", encoding="utf-8") as output:
        for arguments in (["apt-get", "update"], command):
            done = subprocess.run(
                arguments, stdout=output, stderr=subprocess.STDOUT, env=environment, check=False
            )
            if done.returncode != 0 and arguments is command:
                raise BuildError(f"{' '.join(command)} failed; see {log}")


def _is_installed(package: str) -> bool:
    query = ["dpkg-query", "--show", "--showformat=${db:Status-Status}", package]
    done = subprocess.run(query, capture_output=True, text=True, check=False)
    return done.stdout.strip() == "installed"
