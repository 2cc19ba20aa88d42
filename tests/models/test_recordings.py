"""Who says what in which file of the collections; Greek that we choose by stays out."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("babel", reason="training has an environment of its own")

from models.greek.recordings import (
    Recording,
    artikulate,
    asterisk,
    childsplay,
    gcompris,
    ktuberling,
)


def _touch(*files: Path) -> None:
    for file in files:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()


def _said(found: list[Recording]) -> set[tuple[str, str, str]]:
    return {(each.language, each.speaker, each.text) for each in found}


def test_a_course_gives_words_and_sentences_with_their_speaker(tmp_path: Path) -> None:
    for place in ("gr", "pl", "en_BE"):
        _touch(tmp_path / f"courses/basic/{place}/{{a}}.ogg")
        (tmp_path / f"courses/basic/{place}/{place}.xml").write_text(
            "<course><units><unit><phrases>"
            "<phrase><text>πού είναι</text><soundFile>{a}.ogg</soundFile></phrase>"
            "<phrase><text>Ν</text><soundFile>{a}.ogg</soundFile></phrase>"
            "<phrase><text>χωρίς φωνή</text><soundFile></soundFile></phrase>"
            "<phrase><text>δεν υπάρχει</text><soundFile>{b}.ogg</soundFile></phrase>"
            "</phrases></unit></units></course>",
            encoding="utf-8",
        )
    assert _said(list(artikulate(tmp_path))) == {
        ("el", "el:artikulate", "πού είναι"),
        ("pl", "pl:artikulate", "πού είναι"),
    }


def test_prompts_take_their_texts_from_the_list_of_their_language(tmp_path: Path) -> None:
    sounds = tmp_path / "asterisk-debian/usr/share/asterisk/sounds"
    _touch(*(sounds / f"es_MX_f_Allison/{name}.wav" for name in ("hello", "digits/1", "beep")))
    _touch(sounds / "es/hello.gsm", sounds / "es/unlisted.gsm")
    for language in ("es-es", "it-it", "ru-ru", "fr-ca"):
        listed = tmp_path / f"mikopbx/resources/sounds/{language}"
        listed.mkdir(parents=True)
        (listed / f"core-sounds-{language[:2]}.txt").write_text(
            "; Core\nhello: Hola: mundo\ndigits/1: uno\nbeep: [a beep]\n", encoding="utf-8-sig"
        )
    assert _said(list(asterisk(tmp_path / "asterisk-debian"))) == {
        ("es-419", "es-419:asterisk-allison", "Hola: mundo"),
        ("es-419", "es-419:asterisk-allison", "uno"),
        ("es-419", "es-419:asterisk-july", "Hola: mundo"),
    }


def test_numbers_are_read_as_figures_and_animals_by_the_catalogue(tmp_path: Path) -> None:
    for language in ("ro", "el", "gl"):
        place = tmp_path / f"alphabet-sounds/alphabet-sounds_{language}"
        _touch(*(place / f"AlphabetSounds/{language}/{n}.ogg" for n in ("U0037", "14", "U0061")))
        _touch(place / f"FlashCardsSounds/{language}/owl.ogg")
    (tmp_path / "po").mkdir()
    (tmp_path / "po/childsplay_ro_RO.po").write_text(
        '#~ msgid "owl"\n#~ msgstr "bufniță"\n', encoding="utf-8"
    )
    assert _said(list(childsplay(tmp_path))) == {
        ("ro", "ro:childsplay", "7"),
        ("ro", "ro:childsplay", "14"),
        ("ro", "ro:childsplay", "bufniță"),
    }


def test_words_of_a_potato_man_are_what_their_files_are_called(tmp_path: Path) -> None:
    sounds = tmp_path / "usr/share/ktuberling/sounds"
    for language in ("es", "fi", "fr", "ga", "it", "nl", "pt", "ro", "sv", "el"):
        _touch(sounds / language / "gafas-de_sol.wav")
    _touch(sounds / "fr/egypte_pont.wav")
    found = _said(list(ktuberling(tmp_path)))
    assert ("es-419", "es:ktuberling", "gafas de sol") in found
    assert ("fr-fr", "fr:ktuberling", "pont") in found


def test_greek_of_the_development_collections_is_never_read(tmp_path: Path) -> None:
    _touch(
        tmp_path / "g/el/geography/greece.ogg",
        tmp_path / "c/alphabet-sounds/alphabet-sounds_el/AlphabetSounds/el/U0031.ogg",
    )
    sounds = tmp_path / "k/usr/share/ktuberling/sounds"
    for language in ("es", "fi", "fr", "ga", "it", "nl", "pt", "ro", "sv", "el"):
        _touch(sounds / language / "oko.wav")
    found = [*gcompris(tmp_path / "g"), *childsplay(tmp_path / "c"), *ktuberling(tmp_path / "k")]
    assert found
    assert not [each for each in found if each.language == "el" or "/el/" in str(each.file)]
