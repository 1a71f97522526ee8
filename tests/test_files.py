"""Files: written whole or not at all, where their user wants them and with the rights that they had."""

from __future__ import annotations

import errno
import os
import stat
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from osteon.errors import OsteonError
from osteon.files import decoded, folder_beside, replace_folder, write_file
from osteon.pictures.figure import Figure
from osteon.pictures.plotting import save

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs links, modes and devices of POSIX")
ROOT_ONLY = pytest.mark.skipif(os.name == "posix" and os.getuid() != 0, reason="only root makes devices and owners")


@pytest.fixture
def umask() -> Iterator[Callable[[int], None]]:
    """Return a function that sets the umask until the end of the test."""
    before = os.umask(0o022)
    yield lambda mask: os.umask(mask) and None
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def tree(folder: Path) -> dict[str, bytes | None]:
    """Return what lies below a folder: for each path what is in it, if it is a file."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() if path.is_file() else None for path in folder.rglob("*")
    }


def test_folders_are_made_and_nothing_else(tmp_path: Path) -> None:
    write_file(tmp_path / "a" / "b" / "x.csv", "1\r\nµ\n")
    assert tree(tmp_path) == {"a": None, "a/b": None, "a/b/x.csv": "1\r\nµ\n".encode()}


def test_links_are_followed(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "real.csv").write_text("old")
    (tmp_path / "link.csv").symlink_to("there/real.csv")
    (tmp_path / "again.csv").symlink_to("link.csv")
    (tmp_path / "dangling.csv").symlink_to("elsewhere/new.csv")
    (tmp_path / "folder").symlink_to("there")
    write_file(tmp_path / "again.csv", "new")
    write_file(tmp_path / "dangling.csv", "made")
    write_file(tmp_path / "folder" / "x.csv", "through")
    assert all((tmp_path / name).is_symlink() for name in ("link.csv", "again.csv", "dangling.csv", "folder"))
    assert (tmp_path / "there" / "real.csv").read_text() == "new"
    assert (tmp_path / "elsewhere" / "new.csv").read_text() == "made"
    assert (tmp_path / "there" / "x.csv").read_text() == "through"


def test_every_name_of_a_file_shows_what_was_written(tmp_path: Path) -> None:
    (tmp_path / "one").write_text("something longer")
    os.link(tmp_path / "one", tmp_path / "two")
    write_file(tmp_path / "one", "new")
    assert (tmp_path / "two").read_text() == "new"
    assert (tmp_path / "one").samefile(tmp_path / "two")


def test_a_link_to_itself_is_told(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(OsteonError, match="loop: cannot be written: Too many levels of symbolic links"):
        write_file(tmp_path / "loop", "x")


@pytest.mark.parametrize("rights", [0o600, 0o640, 0o664, 0o755])
def test_a_file_keeps_its_mode(rights: int, tmp_path: Path, umask: Callable[[int], None]) -> None:
    path = tmp_path / "x.csv"
    path.touch()
    path.chmod(rights)
    umask(0o077)
    write_file(path, "new")
    assert (mode(path), path.read_text()) == (rights, "new")


@pytest.mark.parametrize("mask", [0o022, 0o027, 0o077, 0o002])
def test_a_new_file_gets_what_the_umask_leaves(mask: int, tmp_path: Path, umask: Callable[[int], None]) -> None:
    umask(mask)
    write_file(tmp_path / "x.csv", "new")
    assert mode(tmp_path / "x.csv") == 0o666 & ~mask


@ROOT_ONLY
def test_a_file_keeps_its_owner(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.touch()
    os.chown(path, 12345, 12346)
    write_file(path, "new")
    assert (path.stat().st_uid, path.stat().st_gid, path.read_text()) == (12345, 12346, "new")


@ROOT_ONLY
def test_a_device_is_written_to_and_stays(tmp_path: Path) -> None:
    path = tmp_path / "null"
    try:
        os.mknod(path, stat.S_IFCHR | 0o666, os.makedev(1, 3))
        path.write_bytes(b"")
    except OSError:
        pytest.skip("this system has no such device")
    write_file(path, "x")
    assert stat.S_ISCHR(path.stat().st_mode)
    assert [one.name for one in tmp_path.iterdir()] == ["null"]


def test_a_pipe_is_written_to_and_stays(tmp_path: Path) -> None:
    path, content = tmp_path / "pipe", os.urandom(200_000)
    os.mkfifo(path)
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.append(path.read_bytes()))
    reader.start()
    write_file(path, content)
    reader.join()
    assert read == [content]
    assert stat.S_ISFIFO(path.stat().st_mode)


@pytest.mark.parametrize("name", ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"])
def test_the_output_of_the_process_is_written_to_where_it_stands(name: str, tmp_path: Path) -> None:
    if not Path(name).exists():
        pytest.skip("this system has no such device")
    code = "import sys; from pathlib import Path; from osteon.files import write_file\n"
    code += f"print('before', flush=True); write_file(Path({name!r}), 'table\\n'); print('after')"
    out = tmp_path / "out"
    with out.open("w") as file:
        subprocess.run([sys.executable, "-c", code], stdout=file, check=True)
    assert out.read_text() == "before\ntable\nafter\n"
    piped = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert piped.stdout == "before\ntable\nafter\n"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no such device")
def test_a_full_device_is_told() -> None:
    with pytest.raises(OsteonError, match="/dev/full: cannot be written: No space left on device"):
        write_file(Path("/dev/full"), "x")


@pytest.mark.parametrize("place", ["new.csv", "a/b/new.csv", "old.csv", "link.csv", "twice.csv"])
def test_on_a_full_disk_everything_stays_as_it_was(place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "old.csv").write_text("old")
    (tmp_path / "link.csv").symlink_to("old.csv")
    (tmp_path / "one.csv").write_text("one")
    os.link(tmp_path / "one.csv", tmp_path / "twice.csv")
    before = tree(tmp_path)
    resource = pytest.importorskip("resource")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, limits[1]))
    try:
        with pytest.raises(OsteonError, match="cannot be written: File too large"):
            write_file(tmp_path / place, bytes(5000))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert tree(tmp_path) == before


@pytest.mark.parametrize("number", [errno.EBUSY, errno.EPERM])
def test_a_file_that_nothing_can_take_the_place_of_is_written_to(
    number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that is mounted by itself, as in a container, or one in a folder that is somebody else's."""
    path = tmp_path / "x.csv"
    path.write_text("something longer")
    inode = path.stat().st_ino

    def refused(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(Path, "replace", refused)
    write_file(path, "new")
    assert tree(tmp_path) == {"x.csv": b"new"}
    assert path.stat().st_ino == inode


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("folder", "Is a directory"),
        ("file/x.csv", "Not a directory"),
        ("x" * 300, "File name too long"),
        ("a\0b", "embedded null"),
    ],
)
def test_what_cannot_be_a_file_is_told(name: str, reason: str, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").touch()
    before = tree(tmp_path)
    with pytest.raises(OsteonError, match=f"cannot be written: .*{reason}"):
        write_file(tmp_path / name, "x")
    assert tree(tmp_path) == before


def test_a_read_only_file_is_not_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "x.csv"
    path.write_text("old")
    monkeypatch.setattr(os, "access", lambda *_: False)  # Root may write to everything.
    with pytest.raises(OsteonError, match="Permission denied"):
        write_file(path, "new")
    assert tree(tmp_path) == {"x.csv": b"old"}


def test_text_that_no_file_can_hold_is_told(tmp_path: Path) -> None:
    with pytest.raises(OsteonError, match=r"x\.csv: cannot be written"):
        write_file(tmp_path / "x.csv", "\udc80")
    assert tree(tmp_path) == {}


def test_an_interruption_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "x.csv").write_text("old")

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_file(tmp_path / "x.csv", "new")
    assert tree(tmp_path) == {"x.csv": b"old"}


@pytest.mark.parametrize("ending", ["svg", "PNG", "pdf"])
def test_a_picture_is_a_file_like_any_other(ending: str, tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / f"link.{ending}").symlink_to(f"there/x.{ending}")
    save(Figure(1, 1), tmp_path / f"link.{ending}")
    assert (tmp_path / f"link.{ending}").is_symlink()
    begins = {"svg": b"<?xml", "PNG": b"\x89PNG", "pdf": b"%PDF"}[ending]
    assert (tmp_path / "there" / f"x.{ending}").read_bytes().startswith(begins)


def test_a_folder_is_replaced_behind_its_link(tmp_path: Path) -> None:
    (tmp_path / "there" / "old").mkdir(parents=True)
    (tmp_path / "site").symlink_to("there")
    with folder_beside(tmp_path / "site") as folder:
        (folder / "html").mkdir()
        (folder / "html" / "x").write_text("new")
        replace_folder(tmp_path / "site", folder / "html")
    assert (tmp_path / "site").is_symlink()
    assert tree(tmp_path / "there") == {"x": b"new"}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["site", "there"]


def test_a_folder_that_cannot_be_finished_leaves_the_earlier_one(tmp_path: Path) -> None:
    (tmp_path / "site" / "old").mkdir(parents=True)
    with pytest.raises(OsteonError, match="site: cannot be written: No space"), folder_beside(tmp_path / "site"):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    assert tree(tmp_path) == {"site": None, "site/old": None}


@given(text=st.text(st.characters(blacklist_categories=("Cs",), blacklist_characters="\0\r")))
def test_text_is_read_with_and_without_a_mark(text: str) -> None:
    if not text.startswith("\ufeff"):
        assert decoded(text.encode()) == decoded(b"\xef\xbb\xbf" + text.encode()) == text


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("x = 1".encode("utf-16"), "it is text in UTF-16; save it in UTF-8"),
        ("x = 1".encode("utf-32"), "it is text in UTF-32; save it in UTF-8"),
        ("x = 1".encode("utf-16-le"), "it has bytes that are zero, which no text in UTF-8 has; save it in UTF-8"),
        ("x\nMüller".encode("latin-1"), "line 2 has a byte (0xfc) that is not UTF-8; save it in UTF-8"),
    ],
)
def test_text_in_another_encoding_is_told(data: bytes, message: str) -> None:
    with pytest.raises(ValueError, match=f"^{message}$".replace("(", r"\(").replace(")", r"\)")):
        decoded(data)
