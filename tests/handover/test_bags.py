"""Bags that others made are judged as the Library of Congress' conformance suite says, and more strictly
where a name could do harm."""

import hashlib
import os
import zipfile
from pathlib import Path

import pytest

from hub.archive.bags import BadBag, check_bag, unpacked
from hub.archive.sources import open_source

SUITE = Path(__file__).parents[3] / "shared" / "corpora" / "bagit-conformance"
NO_SUITE = pytest.mark.skip(reason="The conformance suite is not beside the project.")


def bags(*kinds):
    """Those of the suite; one that is skipped where there is none."""
    found = [
        pytest.param(path, id=path.relative_to(SUITE).as_posix())
        for path in sorted(SUITE.glob("v*/*/*"))
        if path.is_dir() and path.parent.name in kinds
    ]
    return found or [pytest.param(SUITE, id="no suite", marks=NO_SUITE)]


@pytest.mark.parametrize("bag", bags("valid"))
def test_valid_bags_of_the_suite_are_valid(bag):
    check_bag(bag)


@pytest.mark.parametrize("bag", bags("invalid", "linux-only", "windows-only"))
def test_invalid_bags_of_the_suite_are_refused_on_any_system(bag):
    with pytest.raises(BadBag):
        check_bag(bag)


def test_what_the_suite_only_warns_of_is_told():
    bag = SUITE / "v0.97" / "warning"
    if not bag.is_dir():
        pytest.skip(NO_SUITE.kwargs["reason"])
    for name in ("made-with-md5sum-tools", "relative-path", "same-filename-listed-twice-with-the-same-hash"):
        assert check_bag(bag / name).warnings
    for name in ("duplicate-file-with-different-case", "special-system-files"):
        with pytest.raises(BadBag):
            check_bag(bag / name)
    with pytest.raises(BadBag, match="duplicate_name"):
        check_bag(bag / "same-filename-listed-twice-with-different-normalization")


def sha512(content: bytes) -> str:
    return hashlib.sha512(content).hexdigest()


def make_bag(folder: Path, files=None, manifest=None, **more) -> Path:
    """A bag of version 1.0. files: content by path; manifest: its text instead; more: further tag files."""
    files = files or {"data/post.json": b"{}"}
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    (folder / "data").mkdir(parents=True, exist_ok=True)
    listed = "".join(f"{sha512(content)}  {name}\n" for name, content in files.items())
    (folder / "manifest-sha512.txt").write_text(listed if manifest is None else manifest, newline="")
    declared = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
    (folder / "bagit.txt").write_text(more.pop("declared", declared), newline="")
    for name, content in more.items():
        (folder / f"{name}.txt").write_text(content)
    return folder


def refused(bag: Path) -> str:
    with pytest.raises(BadBag) as problem:
        check_bag(bag)
    return problem.value.reason


def test_a_plain_bag_is_valid_and_says_what_it_says(tmp_path):
    checked = check_bag(make_bag(tmp_path / "bag", **{"bag-info": "Source-Organization: A council\n"}))
    assert checked.version == (1, 0)
    assert checked.info == {"Source-Organization": "A council"}


@pytest.mark.parametrize(
    "name",
    ["../outside", "data/../../outside", "/etc/passwd", "~/x", "~root/x", "C:\\x", "\\\\server\\x",
     "%HOME%/x", "elsewhere.txt", "data/\x00"],
)  # fmt: skip
def test_a_name_that_would_reach_outside_is_refused(tmp_path, name):
    content = b"{}"
    listed = f"{sha512(content)}  data/post.json\n{sha512(content)}  {name}\n"
    assert refused(make_bag(tmp_path / "bag", manifest=listed)) == "unsafe_name"


def test_names_that_fall_together_on_other_systems_are_refused(tmp_path):
    assert refused(make_bag(tmp_path / "a", {"data/A.txt": b"1", "data/a.txt": b"2"})) == "duplicate_name"
    both = {"data/N\u00fa.txt": b"1", "data/Nu\u0301.txt": b"2"}
    assert refused(make_bag(tmp_path / "b", both)) == "duplicate_name"


def test_one_flipped_byte_is_named(tmp_path):
    bag = make_bag(tmp_path / "bag", {"data/one.json": b"1", "data/two.json": b"2"})
    (bag / "data/two.json").write_bytes(b"3")
    with pytest.raises(BadBag, match=r"bag_damaged data/two\.json"):
        check_bag(bag)


def test_a_file_that_no_manifest_lists_is_named(tmp_path):
    bag = make_bag(tmp_path / "bag")
    (bag / "data/further.json").write_text("{}")
    with pytest.raises(BadBag, match=r"bag_not_listed data/further\.json"):
        check_bag(bag)


def test_every_manifest_must_list_every_file(tmp_path):
    bag = make_bag(tmp_path / "bag", {"data/one.json": b"1", "data/two.json": b"2"})
    (bag / "manifest-sha256.txt").write_text(f"{hashlib.sha256(b'1').hexdigest()}  data/one.json\n")
    assert refused(bag) == "bag_not_listed"


def test_nothing_is_fetched(tmp_path):
    listed = f"{sha512(b'{}')}  data/post.json\n{sha512(b'x')}  data/far.json\n"
    fetch = "https://example.org/far.json 1 data/far.json\n"
    assert refused(make_bag(tmp_path / "bag", manifest=listed, fetch=fetch)) == "bag_to_fetch"
    outside = make_bag(tmp_path / "b", fetch="https://example.org/ - data/../../x\n")
    assert refused(outside) == "unsafe_name"


def test_links_are_refused(tmp_path):
    bag = make_bag(tmp_path / "bag")
    os.symlink("/etc/hostname", bag / "data/link")
    assert refused(bag) == "link"


@pytest.mark.parametrize("declared", [
    "", "BagIt-Version: 1.0\n", "BagIt-Version : 1.0\nTag-File-Character-Encoding : UTF-8\n",
    "BagIt-Version: 1.0\nTag-File-Character-Encoding: zip\n",
    "BagIt-Version: one\nTag-File-Character-Encoding: UTF-8\n",
    "BagIt-Version: 9.0\nTag-File-Character-Encoding: UTF-8\n",
])  # fmt: skip
def test_a_declaration_that_is_none_is_refused(tmp_path, declared):
    assert refused(make_bag(tmp_path / "bag", declared=declared)) in ("bag_not_valid", "encoding")


def test_manifests_of_rubbish_are_refused(tmp_path):
    for number, rubbish in enumerate(("\x00" * 100, "not a manifest", "ff" * 64, "🙃\n" * 100)):
        assert refused(make_bag(tmp_path / str(number), manifest=rubbish)) in ("bag_not_valid", "unsafe_name")


def zipped(folder: Path, bag: Path, top="bag/") -> Path:
    path = folder / "bag.zip"
    with zipfile.ZipFile(path, "w") as file:
        for one in sorted(bag.rglob("*")):
            if one.is_file():
                file.write(one, top + one.relative_to(bag).as_posix())
    return path


def test_a_serialised_bag_is_checked_too_and_nothing_of_it_stays(app, tmp_path):
    bag = make_bag(tmp_path / "bag", {"data/deep/er/post.json": b"{}"})
    with app.app_context():
        for top in ("bag/", ""):
            with unpacked(open_source(zipped(tmp_path, bag, top))) as folder:
                check_bag(folder)
            assert not folder.exists()


def test_a_zip_made_to_write_outside_is_refused(app, tmp_path):
    bag = make_bag(tmp_path / "bag")
    path = zipped(tmp_path, bag)
    with zipfile.ZipFile(path, "a") as file:
        file.writestr("bag/data/../../../outside.txt", "x")
    with app.app_context(), pytest.raises(BadBag, match="unsafe_name"), unpacked(open_source(path)):
        pass


def test_a_zip_with_something_beside_the_bag_is_refused(app, tmp_path):
    path = zipped(tmp_path, make_bag(tmp_path / "bag"))
    with zipfile.ZipFile(path, "a") as file:
        file.writestr("beside.txt", "x")
    with app.app_context(), pytest.raises(BadBag, match="bag_not_valid"), unpacked(open_source(path)):
        pass
