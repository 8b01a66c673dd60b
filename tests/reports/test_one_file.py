"""A file appears whole or not at all, and replaces only what the user wants replaced."""

import pytest

from ltcdiag.errors import OutputError
from ltcdiag.reports.one_file import whole_file
from ltcdiag.words import use


@pytest.fixture(autouse=True)
def _english():
    with use("en"):
        yield


def write(path, text, **options):
    with whole_file(path, same=lambda head: head.startswith(b"ours"), **options) as working:
        assert working.parent.parent == path.parent, "on the same disk"
        working.write_text(text)


def test_the_file_comes_with_its_whole_content(tmp_path):
    write(tmp_path / "中文 名.x", "ours 1")
    assert (tmp_path / "中文 名.x").read_text() == "ours 1"
    assert len(list(tmp_path.iterdir())) == 1


def test_an_existing_file_stays_unless_forced(tmp_path):
    write(tmp_path / "f", "ours 1")
    with pytest.raises(OutputError, match="exists already"):
        write(tmp_path / "f", "ours 2")
    assert (tmp_path / "f").read_text() == "ours 1"
    write(tmp_path / "f", "ours 2", force=True)
    assert (tmp_path / "f").read_text() == "ours 2"


def test_force_replaces_no_file_of_another_kind(tmp_path):
    (tmp_path / "f").write_text("a year of work")
    with pytest.raises(OutputError, match="another kind"):
        write(tmp_path / "f", "ours", force=True)
    assert (tmp_path / "f").read_text() == "a year of work"
    (tmp_path / "empty").touch()
    write(tmp_path / "empty", "ours", force=True)


def test_folders_links_and_missing_folders_are_refused(tmp_path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "target").write_text("ours")
    (tmp_path / "link").symlink_to(tmp_path / "target")
    for name, said in (("folder", "not an ordinary file"), ("link", "is a link"), ("no/f", "does not exist")):
        with pytest.raises(OutputError, match=said):
            write(tmp_path / name, "ours 2", force=True)
    assert (tmp_path / "target").read_text() == "ours"


def test_an_error_leaves_nothing_behind(tmp_path):
    def broken():
        with whole_file(tmp_path / "f", same=bool) as working:
            working.write_text("half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        broken()
    assert list(tmp_path.iterdir()) == []


def test_what_came_while_we_wrote_is_not_overwritten(tmp_path):
    def late():
        with whole_file(tmp_path / "f", same=bool) as working:
            working.write_text("ours")
            (tmp_path / "f").write_text("theirs")

    with pytest.raises(OutputError, match="exists already"):
        late()
    assert (tmp_path / "f").read_text() == "theirs"
    assert len(list(tmp_path.iterdir())) == 1
