"""Whatever bytes arrive, only errors of our tree come out: a short run of `make fuzz`."""

from __future__ import annotations

from pathlib import Path

from contract_tests.fuzz import hostile


def test_hostile_bytes_end_in_a_value_or_in_one_of_our_errors(
    pictures: tuple[Path, Path], tmp_path: Path
) -> None:
    image = tmp_path / "image.png"
    image.write_bytes(pictures[0].read_bytes())
    reader = hostile.Reader(image)
    read = [reader.read(hostile.make(1, number)) for number in range(700)]
    assert 0 < sum(read) < len(read) / 2, "some are still replies, most are not"


def test_the_same_seed_makes_the_same_inputs_and_another_makes_others() -> None:
    one, again, other = ([hostile.make(seed, n) for n in range(50)] for seed in (1, 1, 2))
    assert one == again
    assert one != other
    assert {made.target for made in one} == set(hostile.TARGETS)
