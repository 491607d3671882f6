"""Local images are found beside the manifest, looked at to their end, and opened once."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from contract_tests.batch.reading import DEFAULTS, Read, told
from contract_tests.client.pictures.camera import HEIC
from weryai import Pictures
from weryai._files import images, preparing
from weryai.batch import read_manifest


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often each image is opened, by its name."""
    found: Counter[str] = Counter()
    plain: Any = images.opened

    def counted(path: str, flags: int) -> Any:
        found[Path(path).name] += 1
        return plain(path, flags)

    monkeypatch.setattr(images, "opened", counted)
    return found


def test_an_image_is_found_beside_the_manifest_from_wherever_that_is_read(
    read: Read,
    folder: Path,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (folder / "deep").mkdir()
    (folder / "deep" / "fox.png").write_bytes((folder / "night.png").read_bytes())
    monkeypatch.chdir(folder.parent)
    read("images\nnight.png;./deep/fox.png\n")
    manifest = read_manifest(Path(folder.name, "renders.csv"), defaults=DEFAULTS)
    assert told(manifest) == []
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    (row,) = manifest.rows
    assert row.request.sources == (f"{folder}/night.png", f"{folder}/deep/fox.png")
    assert len(row.request.check()) == 2


def test_a_broken_image_is_told_at_each_row_that_shows_it(read: Read, folder: Path) -> None:
    (folder / "cut.png").write_bytes((folder / "night.png").read_bytes()[:-9])
    manifest = read("image1,image2\ncut.png,gone.png\nnight.png,cut.png\nnight.png,\n")
    assert [(each.place, each.column) for each in manifest.faults] == [
        (2, "image1"),
        (2, "image2"),
        (3, "image2"),
    ]
    assert "is cut off" in told(manifest)[0]
    assert [row.place for row in manifest.rows] == [4]


@pytest.mark.parametrize("other", ["5", "x"])
def test_an_image_is_opened_once_however_many_rows_show_it(
    read: Read, folder: Path, opened: Counter[str], other: str
) -> None:
    """Whether they are right or not."""
    (folder / "bad.png").write_text("no image")
    rows = f"night.png,{other}\nbad.png,{other}\n./night.png,{other}\n" * 200
    manifest = read(f"image1,duration\n{rows}")
    assert len({each.place for each in manifest.faults}) == (200 if other == "5" else 600)
    assert opened == {"night.png": 1, "bad.png": 1}


def test_what_no_path_can_be_is_told(read: Read) -> None:
    manifest = read('{"images": ["a\\u0000b"]}\n{"images": ["\\ud800"]}\n{"images": [""]}\n')
    assert [each.place for each in manifest.faults] == [1, 2, 3]
    assert {each.column for each in manifest.faults} == {"images"}


def test_a_photo_of_a_telephone_is_taken_where_it_is_made_ready(
    read: Read, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "photo.heic").write_bytes(HEIC)
    (folder / "cut.heic").write_bytes(HEIC[:-2000])
    rows = "images\nnight.png;photo.heic\n"
    refused = read(rows)
    assert [(each.place, each.column) for each in refused.faults] == [(2, "images")]
    assert "is a HEIC photo" in told(refused)[0]
    (row,) = read(rows, pictures=Pictures()).rows
    assert (folder / "photo.heic").read_bytes() == HEIC
    assert row.digest == read(rows, pictures=Pictures(keep_metadata=True)).rows[0].digest
    cut = read("image1,image2\nnight.png,cut.heic\n", pictures=Pictures())
    assert [(each.place, each.column) for each in cut.faults] == [(2, "image2")]
    monkeypatch.setattr(preparing, "MAX_BYTES", 1000)
    monkeypatch.setattr(images, "MAX_BYTES", 1000)
    assert told(read("images\nnight.png\n", pictures=Pictures())) != []
    assert told(read("images\nnight.png\n", pictures=Pictures(fit=True))) == []
