"""The cache of compiled models: it saves time, and whatever is wrong with it changes nothing."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

import small
from conftest import Command
from osteon import cache
from osteon.api import computation
from osteon.errors import StoppedError
from osteon.simulation.model import Model

KEY = b"key"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("OSTEON_CACHE", str(tmp_path))
    return tmp_path / "compiled"


def _made(k: float) -> Model:
    return small.model(f"substanceOnly species S in cell = 1 dimensionless; k = {k} per_day; lost: S => ; k*S")


def _bits(made: Model) -> bytes:
    time_course = made.simulator.run(made.schedule((), until=3.0), [1.0, 2.0])
    return time_course.values["s"].tobytes()


@pytest.fixture
def kept(folder: Path) -> Path:
    """Return the file of a compiled model, which lies in the cache."""
    assert _made(0.25).simulator
    return next(folder.iterdir())


@pytest.fixture
def loads(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Return a list in which every look for a compiled model notes whether it found one."""
    found: list[bool] = []
    look = cache.kept

    def noted(kind: str, key: bytes) -> bytes | None:
        content = look(kind, key)
        found.extend([content is not None] if kind == "compiled" else [])
        return content

    monkeypatch.setattr(cache, "kept", noted)
    return found


def test_a_model_from_the_cache_gives_the_same_bits(folder: Path, loads: list[bool]) -> None:
    first, second = (_bits(small.model(small.TURNOVER, equilibrate=False)) for _ in range(2))
    assert loads == [False, True]
    assert first == second


def test_another_model_is_not_taken_for_it(kept: Path, loads: list[bool]) -> None:
    assert _made(0.75).simulator
    assert loads == [False]


@pytest.mark.parametrize("what", ["version", "machine"])
def test_another_library_or_machine_is_not_taken_for_it(
    what: str, kept: Path, loads: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    import roadrunner

    if what == "version":
        monkeypatch.setattr(roadrunner, "getVersionStr", lambda: "another")
    else:
        monkeypatch.setattr(cache, "machine", lambda: ("another",))
    assert _made(0.25).simulator
    assert loads == [False]


@pytest.mark.parametrize(
    "damage", ["empty", "short", "truncated", "flipped", "of another key", "writable", "unreadable"]
)
def test_a_damaged_or_foreign_file_is_ignored_and_replaced(damage: str, kept: Path, loads: list[bool]) -> None:
    content = kept.read_bytes()
    if damage == "of another key":
        cache.keep("compiled", KEY, b"native code of something else")
        other = next(path for path in kept.parent.iterdir() if path != kept)
        kept.write_bytes(other.read_bytes())
    elif damage == "writable":
        kept.chmod(0o666)
    elif damage == "unreadable":
        kept.unlink()
        kept.mkdir()
    else:
        flipped = bytes([content[200] ^ 1])
        made = {"empty": b"", "short": content[:20], "truncated": content[:-1]}
        kept.write_bytes(made.get(damage, content[:200] + flipped + content[201:]))
    assert _made(0.25).simulator
    assert loads == [False]
    if damage != "unreadable":
        assert kept.stat().st_mode & 0o077 == 0
        assert _made(0.25).simulator
        assert loads == [False, True]


def test_a_file_of_another_user_is_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    cache.keep("compiled", KEY, b"content")
    assert cache.kept("compiled", KEY) == b"content"
    monkeypatch.setattr(os, "getuid", lambda: 4242)
    assert cache.kept("compiled", KEY) is None


def test_without_a_folder_to_write_to_nothing_is_kept_and_nothing_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("OSTEON_CACHE", str(tmp_path / "file"))
    assert _bits(_made(0.25))
    assert (tmp_path / "file").read_bytes() == b""


def test_a_full_disk_leaves_nothing_half_written(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    cache.keep("compiled", KEY, b"content")
    assert list(folder.iterdir()) == []


def _write(place: str, number: int) -> None:
    os.environ["OSTEON_CACHE"] = place
    for _ in range(50):
        cache.keep("compiled", KEY, b"content" * 1000)
        assert cache.kept("compiled", KEY) == b"content" * 1000


@pytest.mark.slow
def test_many_writers_at_once(tmp_path: Path) -> None:
    fork = multiprocessing.get_context("spawn")
    writers = [fork.Process(target=_write, args=(str(tmp_path), number)) for number in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert [writer.exitcode for writer in writers] == [0, 0, 0, 0]
    assert cache.kept("compiled", KEY) == b"content" * 1000
    assert len(list((tmp_path / "compiled").iterdir())) == 1


def test_the_cache_does_not_grow_without_end(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "_MOST", 3)
    for number in range(5):
        cache.keep("compiled", str(number).encode(), b"content")
        for path in folder.iterdir():
            os.utime(path, (number, number)) if path.stat().st_mtime > 1e6 else None
    assert [cache.kept("compiled", str(number).encode()) is not None for number in range(5)] == [False] * 2 + [True] * 3


def test_without_a_home_nothing_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OSTEON_CACHE")
    monkeypatch.setattr("platformdirs.user_cache_path", lambda *_, **__: Path("~/.cache/osteon"))
    monkeypatch.chdir(tmp_path)
    cache.keep("compiled", KEY, b"content")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("variable", ["HOME", "ROADRUNNER_CONFIG"])
def test_settings_of_libroadrunner_in_the_home_are_not_read(variable: str, tmp_path: Path) -> None:
    """It never returns from any such file."""
    file = tmp_path / "roadrunner.conf"
    file.write_text("MAX_OUTPUT_ROWS: 10\n", encoding="utf-8")
    script = "from osteon.simulation import roadrunner as r; r.compiled('', 'x', cached=False)"
    environment = {**os.environ, "PYTHONPATH": str(Path(cache.__file__).parents[1])}
    environment[variable] = str(tmp_path if variable == "HOME" else file)
    done = subprocess.run(
        [sys.executable, "-c", script], env=environment, capture_output=True, check=False, timeout=300
    )
    assert b"cannot be compiled" in done.stderr


def test_a_long_computation_needs_no_cache(tmp_path: Path, osteon: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """The cache would lie below a file, as it does where the home may not be written to."""
    (tmp_path / "file").write_text("", encoding="utf-8")
    monkeypatch.setenv("OSTEON_CACHE", str(tmp_path / "file" / "cache"))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    asked = ("runx2_osteogenesis", "-c", "bmp2", "--vary", "bmp2=0.1..1", "--points", "2", "--workers", "1")
    outcome = osteon("scan", *asked, "--csv", str(tmp_path / "scan.csv"), cwd=tmp_path)
    assert outcome.code == 0, outcome.err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "scan.csv"]
    outcome = osteon("scan", *asked, "--results", str(tmp_path / "file" / "x"), cwd=tmp_path)
    assert outcome.code == 2
    assert "cannot be written" in outcome.err


def test_stopped_without_a_cache_keeps_nothing_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    monkeypatch.setenv("OSTEON_CACHE", str(tmp_path / "file" / "cache"))
    said = r"nothing is kept, for the cache, .*, cannot be written to; --results"
    with pytest.raises(StoppedError, match=said), computation._place(None):
        raise StoppedError("stopped")


@pytest.mark.parametrize(("place", "can"), [("there", True), ("deep/down", True), ("file/below", False)])
def test_a_cache_can_be_where_a_folder_can_be_made(place: str, can: bool, tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "file").write_text("", encoding="utf-8")
    assert cache.can_keep(tmp_path / place) is can


def test_a_cache_is_never_beside_the_work_for_want_of_a_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert not cache.can_keep(Path("~/.cache"))
    assert list(tmp_path.iterdir()) == []


def test_what_is_not_to_be_kept_is_not(folder: Path, loads: list[bool]) -> None:
    assert _made(0.125).replace(cached=False).simulator
    assert loads == []
    assert not folder.exists() or not any(folder.iterdir())
