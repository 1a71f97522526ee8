"""The terminal: nothing is cut, everything that is text is text, and no failure looks like a contradiction."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.text import Text

from conftest import ROOT, Command
from osteon.cli import app, characters
from osteon.cli.grids import Column, Grid, Paragraph, exact, number
from osteon.cli.terminal import UNEXPECTED, Terminal

FULL = Path("/dev/full")


def printed(thing: object, width: int) -> str:
    """Return what a terminal of a width shows."""
    stream = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    terminal = Terminal()
    terminal.file, terminal.width = stream, width
    terminal.print(thing)
    terminal.finish()
    assert isinstance(stream.buffer, io.BytesIO)
    return stream.buffer.getvalue().decode()


def grid() -> Grid:
    table = Grid("A title [/b] in [red]brackets", [exact("id"), Column("words"), number("a long head"), number("1.5")])
    table.add("a_rather_long_identifier", "some words of [bold]prose[/bold] beside it", "1.641e-05", "0.04567")
    table.add("b", Text("two\nlines"), "-1.234e+10", "2 of 3")
    return table


@pytest.mark.parametrize("width", [200, 80, 60, 40, 20, 5, 1])
def test_no_width_cuts_a_word(width: int) -> None:
    words = [
        "a_rather_long_identifier",
        "1.641e-05",
        "0.04567",
        "-1.234e+10",
        "[bold]prose[/bold]",
        "[/b]",
        "[red]brackets",
        "lines",
    ]
    shown = printed(grid(), width)
    assert [word for word in words if word not in shown] == []
    assert "…" not in shown


@given(
    st.lists(st.tuples(*[st.from_regex(r"[a-z0-9_.+-]{1,40}", fullmatch=True)] * 3), max_size=4), st.integers(1, 150)
)
def test_every_cell_is_whole_at_every_width(rows: list[tuple[str, str, str]], width: int) -> None:
    table = Grid("t", [exact("one"), Column("two"), number("three")])
    for row in rows:
        table.add(*row)
    shown = printed(table, width)
    assert all(cell in shown for row in rows for cell in row)


def test_a_table_that_fits_stays_inside_the_width() -> None:
    lines = printed(grid(), 80).splitlines()
    assert max(map(len, lines)) <= 80
    assert lines[1].startswith("┏")


def test_a_column_of_short_cells_is_not_broken_for_a_long_one() -> None:
    table = Grid("t", [Column("range"), Column("why"), Column("where")])
    table.add("1.35 to 1.65", "a long reason " * 20, "a long place " * 20)
    shown = printed(table, 60)
    assert "1.35 to 1.65" in shown
    assert max(map(len, shown.splitlines())) <= 60


def test_a_paragraph_breaks_between_words() -> None:
    assert printed(Paragraph(Text("one two a_long_word three"), indent=2), 9).splitlines() == [
        "  one two",
        "  a_long_word",
        "  three",
    ]


def test_an_output_that_cannot_carry_a_character_gets_another() -> None:
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    characters.prepare(stream)
    stream.write("α → β ≥ 3 × 10⁻³ — “Å” é… 骨 \udcff")
    stream.flush()
    assert isinstance(stream.buffer, io.BytesIO)
    assert stream.buffer.getvalue() == b'alpha -> beta >= 3 x 10-3 - "A" e... ? \\xff'


def command(*arguments: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    path = os.pathsep.join([str(ROOT / "src"), str(ROOT / "tests")])
    return subprocess.run(
        [sys.executable, "-m", "osteon", *arguments],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": path, **environment},
        capture_output=True,
        check=False,
    )


def test_lines_are_drawn_in_the_encoding_of_the_output() -> None:
    done = command("list", PYTHONIOENCODING="latin-1", COLUMNS="120")
    assert done.returncode == 0, done.stderr
    assert b"+-" in done.stdout
    assert "│".encode() not in done.stdout


@pytest.mark.skipif(not FULL.exists(), reason="no /dev/full")
@pytest.mark.parametrize("arguments", [("list",), ("list", "--json"), ("--version",), ("--help",)])
def test_a_full_disk_is_a_sentence(arguments: tuple[str, ...]) -> None:
    with FULL.open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "osteon", *arguments],
            env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert done.returncode == 2
    assert done.stderr == b"standard output cannot be written: No space left on device\n"


def _fails(*_: object) -> None:
    raise ZeroDivisionError("by [/b] nothing")


def test_an_unexpected_error_is_a_sentence(osteon: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app, "app", _fails)
    outcome = osteon("list")
    assert outcome.code == UNEXPECTED == 70
    assert "ZeroDivisionError: by [/b] nothing" in outcome.err
    assert "report" in outcome.err
    assert "Traceback" not in outcome.err
    monkeypatch.setenv("OSTEON_TRACEBACK", "1")
    with pytest.raises(ZeroDivisionError):
        osteon("list")


@pytest.mark.parametrize("draws", ["99999999999999999999999", "1e23"])
def test_too_many_draws_are_refused(draws: str, osteon: Command) -> None:
    outcome = osteon("predict", "runx2_osteogenesis", "-c", "bmp2", "--draws", draws)
    assert outcome.code == 2
    assert "--draws" in outcome.err


def test_brackets_in_a_path_are_text(osteon: Command, tmp_path: Path) -> None:
    path = tmp_path / "a[" / "b].csv"
    outcome = osteon("simulate", "runx2_osteogenesis", "--csv", str(path))
    assert outcome.code == 0
    assert f"wrote {path}" in outcome.out
