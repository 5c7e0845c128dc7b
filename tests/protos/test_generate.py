from pathlib import Path

from protos import generate
from tests.protos.schema import FILES


def test_checked_in_modules_are_what_the_schema_gives(tmp_path: Path) -> None:
    generate.generate(tmp_path)
    made = {path.name: path.read_bytes() for path in (tmp_path / "protos").iterdir()}
    held = {path.name: path.read_bytes() for path in generate.PROTOS.glob("*_pb2*.py*")}
    assert sorted(made) == sorted(held)
    assert [name for name in made if made[name] != held[name]] == []


def test_only_the_consortium_has_services() -> None:
    serving = [path.name for path in FILES if "\nservice " in path.read_text("utf-8")]
    assert serving == [generate.SERVICES]
