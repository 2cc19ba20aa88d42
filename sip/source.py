"""Where the source of pjproject comes from.

In this order: the cache; the component `Xpjproject` of the distribution's `asterisk` source
package, read through an apt configuration of our own on the mirror that apt already uses; the
upstream release. The distribution's archive is signed, so its index vouches for the digest.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from sip.system import BuildError, System

UPSTREAM_VERSION = "2.17"
UPSTREAM_URL = f"https://github.com/pjsip/pjproject/archive/refs/tags/{UPSTREAM_VERSION}.tar.gz"
APT_HELPER = Path("/usr/lib/apt/apt-helper")
# The suite that carries a recent asterisk, its component, and the key that signs it.
_SUITES = {
    "debian": ("sid", "main", "/usr/share/keyrings/debian-archive-keyring.gpg"),
    "ubuntu": ("devel", "universe", "/usr/share/keyrings/ubuntu-archive-keyring.gpg"),
}


@dataclass(frozen=True)
class Tarball:
    """A pjproject source tarball on disk, and where it came from."""

    path: Path
    sha256: str
    origin: str


def obtain_tarball(cache: Path, system: System) -> Tarball:
    """Return the source, from the cache or the network.

    Args:
        cache: folder that tarballs are kept in, by digest.
        system: whose archive to ask.

    Raises:
        BuildError: no source gave one; the text lists what was tried.
    """
    cache.mkdir(parents=True, exist_ok=True)
    if (cached := _from_cache(cache)) is not None:
        return cached
    failures = []
    for attempt in (_from_distribution, _from_upstream):
        try:
            return attempt(cache, system)
        except (BuildError, OSError) as error:
            failures.append(f"  {attempt.__name__.removeprefix('_from_')}: {error}")
    raise BuildError(
        "no source of pjproject could be had:\n"
        + "\n".join(failures)
        + f"\nGive one by hand: python -m sip.build --source pjproject-{UPSTREAM_VERSION}.tar.gz"
    )


def adopt_tarball(source: Path, cache: Path) -> Tarball:
    """Take a tarball given by hand into the cache.

    Raises:
        BuildError: there is no such file.
    """
    if not source.is_file():
        raise BuildError(f"{source}: no such file")
    cache.mkdir(parents=True, exist_ok=True)
    copy = cache / f"{source.name}.part"
    copy.write_bytes(source.read_bytes())
    return _keep(copy, cache, source.name, f"given by hand ({source.name})")


def mirror_of(index_targets: str) -> str:
    """Pick the archive's address from `apt-get indextargets` lines `origin|uri|release`.

    Security archives carry no development suite.

    Raises:
        BuildError: none is there.
    """
    for line in index_targets.splitlines():
        origin, _, rest = line.partition("|")
        uri, _, release = rest.rpartition("|")
        if origin in ("Debian", "Ubuntu") and "security" not in release and uri:
            return uri
    raise BuildError("apt knows no Debian or Ubuntu archive: is /etc/apt/sources.list empty?")


def component_of(print_uris: str) -> tuple[str, str, str]:
    """Find pjproject in the output of `apt-get source --print-uris asterisk`.

    Returns:
        Address, file name and SHA256.

    Raises:
        BuildError: the package has no such component.
    """
    found = re.search(r"'(\S+)' (\S*Xpjproject\.tar\.\S+) \d+ SHA256:([0-9a-f]{64})", print_uris)
    if found is None:
        raise BuildError("the source package asterisk has no component Xpjproject")
    return found[1], found[2], found[3]


def _from_cache(cache: Path) -> Tarball | None:
    for record in sorted(cache.glob("*.json"), key=lambda path: -path.stat().st_mtime):
        entry = json.loads(record.read_text(encoding="utf-8"))
        path = cache / entry["file"]
        if path.is_file() and _sha256(path) == entry["sha256"]:
            return Tarball(path, entry["sha256"], entry["origin"])
    return None


def _from_distribution(cache: Path, system: System) -> Tarball:
    suite, component, keyring = _SUITES[system.distribution]
    if not APT_HELPER.exists():
        raise BuildError(f"{APT_HELPER} is missing")
    form = "$(ORIGIN)|$(REPO_URI)|$(RELEASE)"
    targets = _output(["apt-get", "indextargets", "--format", form, "Created-By: Packages"])
    own = cache / "apt"
    for folder in ("lists/partial", "cache/archives/partial"):
        (own / folder).mkdir(parents=True, exist_ok=True)
    sources = own / "sources.list"
    sources.write_text(
        f"deb-src [signed-by={keyring}] {mirror_of(targets)} {suite} {component}\n",
        encoding="utf-8",
    )
    options = [
        f"Dir::Etc::SourceList={sources}",
        "Dir::Etc::SourceParts=/dev/null",
        f"Dir::State::Lists={own / 'lists'}",
        f"Dir::Cache={own / 'cache'}",
        # A mirror may be kept at a date; the signature is checked all the same.
        "Acquire::Check-Valid-Until=false",
        "Acquire::Languages=none",
    ]
    if os.geteuid() == 0:
        options.append("APT::Sandbox::User=root")  # else apt cannot write into a private cache
    settings = [word for option in options for word in ("-o", option)]
    _output(["apt-get", *settings, "update"])
    uris = _output(["apt-get", *settings, "source", "--print-uris", "asterisk"])
    url, name, sha256 = component_of(uris)
    part = cache / f"{name}.part"
    part.unlink(missing_ok=True)
    _output([str(APT_HELPER), *settings, "download-file", url, str(part), f"SHA256:{sha256}"])
    if _sha256(part) != sha256:
        raise BuildError(f"{name}: the digest is not the one in the signed index")
    shutil.rmtree(own)
    return _keep(part, cache, name, f"{system.distribution} {suite}, source package asterisk")


def _from_upstream(cache: Path, system: System) -> Tarball:
    name = f"pjproject-{UPSTREAM_VERSION}.tar.gz"
    part = cache / f"{name}.part"
    with urllib.request.urlopen(UPSTREAM_URL, timeout=60) as response:
        part.write_bytes(response.read())
    return _keep(part, cache, name, f"upstream release {UPSTREAM_VERSION}")


def _keep(part: Path, cache: Path, name: str, origin: str) -> Tarball:
    sha256 = _sha256(part)
    path = part.rename(cache / f"{sha256[:16]}-{name}")
    record = {"file": path.name, "sha256": sha256, "origin": origin}
    (cache / f"{sha256[:16]}.json").write_text(json.dumps(record, indent=1), encoding="utf-8")
    return Tarball(path, sha256, origin)


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _output(command: list[str]) -> str:
    environment = os.environ | {"LC_ALL": "C"}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    if done.returncode != 0:
        reason = (done.stderr or done.stdout).strip().splitlines()
        raise BuildError(f"{' '.join(command[:1])} failed: {reason[-1] if reason else 'no output'}")
    return done.stdout
