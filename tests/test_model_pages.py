"""The pages of docs/model are what the specification, the catalogue and the register say now."""

from pathlib import Path

from hrsim.cli.model_pages import pages

MODEL = Path(__file__).parents[1] / "docs" / "model"
BY_HAND = {"specification.md", "odd.md", "limits.md", "effects.md"}


def test_the_committed_pages_are_up_to_date() -> None:
    wanted = pages((MODEL / "specification.md").read_text(encoding="utf-8"))
    stale = [path for path, text in wanted.items() if (MODEL / path).read_text(encoding="utf-8") != text]
    assert not stale, "run: python -m hrsim.cli.model_pages docs/model"
    present = {path.relative_to(MODEL).as_posix() for path in MODEL.rglob("*.md")}
    assert present == set(wanted) | BY_HAND
