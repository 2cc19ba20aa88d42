"""The parts of the PJSUA2 build that need no network and no compiler."""

from __future__ import annotations

import io
import json
import tarfile
from pathlib import Path

import pytest

from sip.build import cached_wheel, is_installed, recipe_digest
from sip.compiling import _prepare, _Runner, _unpack
from sip.source import adopt_tarball, component_of, mirror_of, obtain_tarball
from sip.system import BuildError, System, current_system, install_packages

HERE = System("debian", "12", "x86_64", "cp311")


@pytest.mark.parametrize(
    ("release", "complaint"),
    [
        ('ID=fedora\nVERSION_ID="41"\nPRETTY_NAME="Fedora 41"\n', "Fedora 41 is not supported"),
        ('ID=debian\nVERSION_ID="11"\n', "supported are Debian 12, Debian 13, Ubuntu 24.04"),
    ],
)
def test_says_what_is_supported(release: str, complaint: str, tmp_path: Path) -> None:
    (tmp_path / "os-release").write_text(release)
    with pytest.raises(BuildError, match=complaint):
        current_system(tmp_path / "os-release")


def test_knows_a_supported_system(tmp_path: Path) -> None:
    (tmp_path / "os-release").write_text('NAME="Ubuntu"\nID=ubuntu\nVERSION_ID="24.04"\n')
    assert current_system(tmp_path / "os-release").distribution == "ubuntu"


def test_asks_the_mirror_that_apt_uses() -> None:
    targets = (
        "Some Vendor|http://vendor.example/apt/|stable\n"
        "Debian|http://mirror.example/debian-security/|bookworm-security\n"
        "Debian|http://mirror.example/debian/|bookworm\n"
    )
    assert mirror_of(targets) == "http://mirror.example/debian/"
    with pytest.raises(BuildError, match=r"sources\.list"):
        mirror_of("Some Vendor|http://vendor.example/apt/|stable\n")


def test_finds_the_component_and_its_digest() -> None:
    digest = "6860c2f7" * 8
    uris = (
        f"'http://m/asterisk_22.orig.tar.xz' asterisk_22.orig.tar.xz 9 SHA256:{'0' * 64}\n"
        f"'http://m/a-Xpjproject.tar.xz' asterisk_22.orig-Xpjproject.tar.xz 7 SHA256:{digest}\n"
    )
    assert component_of(uris) == (
        "http://m/a-Xpjproject.tar.xz",
        "asterisk_22.orig-Xpjproject.tar.xz",
        digest,
    )
    with pytest.raises(BuildError, match="no component Xpjproject"):
        component_of(uris.splitlines()[0])


def test_a_tarball_in_the_cache_is_taken_only_while_its_digest_holds(tmp_path: Path) -> None:
    given = tmp_path / "pjproject-2.17.tar.gz"
    given.write_bytes(b"source")
    kept = adopt_tarball(given, tmp_path / "cache")
    assert obtain_tarball(tmp_path / "cache", HERE) == kept
    kept.path.write_bytes(b"changed")
    nowhere = System("plan9", "4", "x86_64", "cp311")
    with pytest.raises((BuildError, KeyError)):
        obtain_tarball(tmp_path / "cache", nowhere)
    with pytest.raises(BuildError, match="no such file"):
        adopt_tarball(tmp_path / "missing", tmp_path / "cache")


def test_a_wheel_that_was_changed_or_not_finished_is_built_again(tmp_path: Path) -> None:
    assert cached_wheel(tmp_path) is None
    (tmp_path / "a.whl").write_bytes(b"wheel")
    digest = "be4ea73a65a3ab8ca7a5f6d2d9ac5d4a2c2e7e7bb4a0d0b5d3a2a8e0a0f8d9b1"
    (tmp_path / "wheel.json").write_text(json.dumps({"file": "a.whl", "sha256": digest}))
    assert cached_wheel(tmp_path) is None
    (tmp_path / "wheel.json").write_text("{")
    assert cached_wheel(tmp_path) is None


def test_the_recipe_depends_on_the_system() -> None:
    other = System("debian", "13", "x86_64", "cp313")
    assert recipe_digest(HERE) == recipe_digest(HERE)
    assert recipe_digest(HERE) != recipe_digest(other)


def test_another_wheel_of_the_same_name_is_not_ours() -> None:
    assert not is_installed("voicebot.0000000000000000")


def test_a_tarball_that_is_something_else_is_refused(tmp_path: Path) -> None:
    archive = tmp_path / "x.tar.gz"
    with tarfile.open(archive, "w:gz") as tar:
        member = tarfile.TarInfo("x/readme")
        member.size = 2
        tar.addfile(member, io.BytesIO(b"hi"))
    with pytest.raises(BuildError, match="no pjproject source"):
        _unpack(archive, tmp_path / "tree")


def test_a_source_that_the_patches_do_not_fit_is_refused(tmp_path: Path) -> None:
    for folder in (
        "pjlib/include/pj",
        "pjmedia/src/pjmedia-audiodev",
        "pjsip-apps/src/swig/python",
        "pjsip/src/pjsua2",
    ):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "pjsip-apps/src/swig/pjsua2.i").write_text("%module pjsua2\n")
    (tmp_path / "pjsip-apps/src/swig/python/setup.py").write_text("version=pj_version,\n")
    (tmp_path / "pjsip/src/pjsua2/call.cpp").write_text("Call::~Call() {}\n")
    with pytest.raises(BuildError, match=r"call\.cpp is not the one that the build knows"):
        _prepare(tmp_path, "voicebot.1")
    assert "RingPort" in (tmp_path / "pjsip-apps/src/swig/pjsua2.i").read_text()


def test_who_is_not_root_is_told_what_to_run(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    with pytest.raises(BuildError, match="apt-get install -y --no-install-recommends swig"):
        install_packages(["swig"], tmp_path / "log")


def test_a_step_that_fails_shows_the_end_of_its_log(tmp_path: Path) -> None:
    said: list[str] = []
    run = _Runner(tmp_path, said.append)
    run("Greeting", ["sh", "-c", "echo hello"], tmp_path)
    assert said[0] == "Greeting …"
    with pytest.raises(BuildError, match=r"(?s)Breaking.*failed \(3\).*it broke here"):
        run("Breaking", ["sh", "-c", "echo it broke here; exit 3"], tmp_path)
