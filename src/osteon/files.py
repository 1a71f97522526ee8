"""The one way in which this program writes a file for its user, and reads a text that its user wrote."""

from __future__ import annotations

import codecs
import errno
import os
import re
import secrets
import stat
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from osteon.errors import OsteonError

_DESCRIPTOR = re.compile(r"/(?:dev|proc/self)/fd/(\d+)")
_STREAMS = {"/dev/stdout": 1, "/dev/stderr": 2}
_MARKS = {
    codecs.BOM_UTF32_LE: "UTF-32",
    codecs.BOM_UTF32_BE: "UTF-32",
    codecs.BOM_UTF16_LE: "UTF-16",
    codecs.BOM_UTF16_BE: "UTF-16",
}
"""Byte order marks of encodings other than UTF-8, longer ones first."""


def write_file(path: Path, content: str | bytes) -> None:
    """Write a file whole or not at all; text in UTF-8, with line ends as they are.

    Links are followed. A file that exists keeps its mode and its owner, a new one gets what the umask leaves. Folders
    above it are made. What is no regular file, such as a device or a pipe, is opened and written to.

    Raises:
        OsteonError: if it cannot be written; then everything is as it was before.
    """
    try:
        data = content.encode() if isinstance(content, str) else content
        with _folders(path.parent):
            _write(path, data)
    except (OSError, ValueError) as error:
        raise OsteonError(f"{path}: cannot be written: {_reason(error)}") from None


@contextmanager
def folder_beside(path: Path) -> Iterator[Path]:
    """Yield an empty folder on the file system of a folder to be written, removed afterwards; see `replace_folder`.

    Raises:
        OsteonError: if there can be none, or what is done in it ends for want of room or rights.
    """
    place = Path(os.path.realpath(path)).parent
    try:
        with _folders(place), tempfile.TemporaryDirectory(dir=place, prefix=".osteon-") as name:
            yield Path(name)
    except OSError as error:
        raise OsteonError(f"{path}: cannot be written: {_reason(error)}") from None


def replace_folder(path: Path, content: Path) -> None:
    """Put a finished folder in the place of another, or of none; a link to a folder is followed.

    Args:
        path: where it is to be.
        content: the finished folder, in one that `folder_beside` gave; moved.
    """
    target, earlier = Path(os.path.realpath(path)), content.with_name("earlier")
    if target.exists():
        target.rename(earlier)
    try:
        content.rename(target)
    except OSError:
        if earlier.exists():
            earlier.rename(target)
        raise


def decoded(data: bytes) -> str:
    """Return text in UTF-8, with or without a byte order mark.

    Raises:
        ValueError: with a sentence, if it is in another encoding.
    """
    for mark, name in _MARKS.items():
        if data.startswith(mark):
            raise ValueError(f"it is text in {name}; save it in UTF-8")
    if b"\0" in data:
        raise ValueError("it has bytes that are zero, which no text in UTF-8 has; save it in UTF-8")
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ValueError(
            f"line {line} has a byte (0x{data[error.start]:02x}) that is not UTF-8; save it in UTF-8"
        ) from None


def read_file(path: Path) -> str:
    """Return the text of a file; see `decoded`.

    Raises:
        FileNotFoundError: if there is none.
        ValueError: with a sentence, if it cannot be read as text.
    """
    try:
        return decoded(path.read_bytes())
    except FileNotFoundError:
        raise
    except OSError as error:
        raise ValueError(_reason(error)) from None


def _reason(error: OSError | ValueError) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error)


def _write(path: Path, data: bytes) -> None:
    descriptor = _descriptor(path)
    if descriptor is not None:
        _fill(os.dup(descriptor), data)
        return
    try:
        status = path.stat()
    except FileNotFoundError:
        target = Path(os.path.realpath(path))
        with _folders(target.parent):
            _replace(target, data, None)
        return
    if stat.S_ISDIR(status.st_mode):
        raise OSError("Is a directory")
    if not stat.S_ISREG(status.st_mode):
        _fill(os.open(path, os.O_WRONLY), data)
    elif not os.access(path, os.W_OK):
        raise OSError("Permission denied")
    elif status.st_nlink > 1:
        _overwrite(path, data)  # Every name of the file is to show what was written.
    else:
        try:
            _replace(Path(os.path.realpath(path)), data, status)
        except OSError as error:
            # No file can be made beside it, nor have its owner, nor take its place, as where it is mounted.
            if error.errno not in (errno.EACCES, errno.EPERM, errno.EBUSY, errno.EROFS):
                raise
            _overwrite(path, data)


def _descriptor(path: Path) -> int | None:
    """Return the number of the open file of this process that a path names, or ``None`` if it names none.

    To open such a name anew would begin at the start of the file, over what has been written to it.
    """
    name = path.as_posix()
    found = _DESCRIPTOR.fullmatch(name)
    return int(found[1]) if found else _STREAMS.get(name)


def _fill(descriptor: int, data: bytes) -> None:
    with os.fdopen(descriptor, "wb", buffering=0) as file:
        rest = memoryview(data)
        while rest:
            rest = rest[file.write(rest) :]


def _replace(target: Path, data: bytes, status: os.stat_result | None) -> None:
    """Write a file beside a regular file, or beside where one is to be, and put it there in one step."""
    temporary = target.with_name(f".{secrets.token_hex(8)}.part")
    try:
        _fill(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666 if status is None else 0o600), data)
        if status is not None:
            made = temporary.stat()
            if (made.st_uid, made.st_gid) != (status.st_uid, status.st_gid):
                os.chown(temporary, status.st_uid, status.st_gid)
            temporary.chmod(stat.S_IMODE(status.st_mode))
        temporary.replace(target)
    finally:
        with suppress(OSError):
            temporary.unlink()


def _overwrite(path: Path, data: bytes) -> None:
    """Write into a regular file; where that fails, what was in it still has its room on the disk and is put back."""
    before = path.read_bytes()
    with path.open("r+b", buffering=0) as file:
        try:
            _fill(os.dup(file.fileno()), data)
            file.truncate(len(data))
        except BaseException:
            file.seek(0)
            _fill(os.dup(file.fileno()), before)
            file.truncate(len(before))
            raise


@contextmanager
def _folders(folder: Path) -> Iterator[None]:
    """Make a folder and those above it; remove those that were made if what is done in them fails."""
    made = _missing(folder)
    try:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except FileExistsError:
            raise OSError("Not a directory") from None
        yield
    except BaseException:
        for one in made:
            with suppress(OSError):
                one.rmdir()
        raise


def _missing(folder: Path) -> Sequence[Path]:
    return [one for one in (folder, *folder.parents) if not one.exists()]
