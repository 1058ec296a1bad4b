from pathlib import Path

import pytest

from evalpanel.errors import EvalPanelError
from evalpanel.system import resources
from evalpanel.system.resources import resource


def places(monkeypatch: pytest.MonkeyPatch, *folders: Path) -> None:
    monkeypatch.setattr(resources, "_PLACES", folders)


def test_resource_finds_what_lies_beside_src_in_an_editable_install() -> None:
    assert resource() == Path(__file__).resolve().parents[2] / "resources"


def test_resource_takes_the_package_before_the_checkout(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for folder, text in (("package", "installed"), ("checkout", "edited")):
        (tmp_path / folder / "fonts").mkdir(parents=True)
        (tmp_path / folder / "fonts" / "a.txt").write_text(text, encoding="utf-8")
    places(monkeypatch, tmp_path / "package", tmp_path / "checkout")
    assert resource("fonts", "a.txt").read_text(encoding="utf-8") == "installed"


def test_resource_missing_is_told_with_its_name(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    places(monkeypatch, tmp_path)
    with pytest.raises(EvalPanelError) as refused:
        resource("fonts", "nowhere.ttf")
    assert refused.value.title == "A part of the program is missing: fonts/nowhere.ttf."


@pytest.mark.parametrize("parts", [("..", "src"), ("fonts", "..", "..", "src"), ("/etc", "passwd")])
def test_resource_refuses_to_leave_the_folder(parts: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="not a name below resources"):
        resource(*parts)
