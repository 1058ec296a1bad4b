"""What the command line says of the profile itself."""

from __future__ import annotations

from cli.conftest import At
from stages import REFERENCE


def test_older_store_is_told_on_standard_error_and_the_command_goes_on(at: At) -> None:
    evalpanel = at("loaded")
    evalpanel.done("freeze", REFERENCE)
    evalpanel.done("declare", REFERENCE, "--person", "PM2", "--none")
    backups = sorted((evalpanel.root / "backups").glob("store-*.db"))
    evalpanel.done("restore", backups[-2])
    answer = evalpanel("show", REFERENCE, "--json")
    assert (answer.code, answer.json["reference"]) == (0, REFERENCE)
    assert answer.err.startswith(
        "An older store is open: it lacks 1 entry of the record that was made on this computer."
    )
    assert evalpanel.done("show", REFERENCE).err == ""


def test_folder_that_cannot_be_written_is_told_in_one_line(at: At) -> None:
    evalpanel = at("scored")
    inside = evalpanel.root / "keys.json" / "out.xlsx"
    assert evalpanel.refused("scores", "export", REFERENCE, "--person", "PM1", inside) == (
        f"“out.xlsx” could not be written. “{inside.parent}” is not a folder. Nothing was changed. Check the name and try again."
    )
