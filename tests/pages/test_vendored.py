"""What pages load from others is what its package has, at the version that is pinned."""

import json

import vendor.__main__ as vendoring

_RECORD = json.loads((vendoring.TARGET / vendoring.RECORD).read_text("utf-8"))


def test_each_file_is_the_one_that_was_recorded() -> None:
    recorded = {name: digest for part in _RECORD for name, digest in part["files"].items()}
    found = {path.name: path for path in vendoring.TARGET.iterdir()}
    assert found.keys() == {*recorded, vendoring.RECORD}
    for name, digest in recorded.items():
        assert vendoring.integrity(found[name].read_bytes()) == digest, name


def test_each_is_of_the_package_that_is_pinned() -> None:
    lock = json.loads((vendoring.HERE / "package-lock.json").read_text("utf-8"))["packages"]
    pinned = lock[""]["dependencies"]
    assert {part["package"]: part["version"] for part in _RECORD} == pinned
    for part in _RECORD:
        assert part["integrity"] == lock[f"node_modules/{part['package']}"]["integrity"]


def test_each_comes_with_its_licence() -> None:
    for part in _RECORD:
        assert part["license"]
        assert any(name.endswith(".LICENSE.txt") for name in part["files"]), part["package"]
