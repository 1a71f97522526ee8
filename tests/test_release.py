"""What `make release` does beyond commands that have tests of their own."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

from conftest import ROOT


def test_checksums_are_of_every_file_and_sorted(tmp_path: Path) -> None:
    (tmp_path / "b" / "c").mkdir(parents=True)
    contents = {"a.txt": b"1", "b/c/d.omex": b"2", "b/e.cps": b"\xff"}
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    for _ in range(2):  # The second time its own file is there.
        subprocess.run([sys.executable, ROOT / "scripts" / "checksums.py", tmp_path], check=True)
        text = (tmp_path / "SHA256SUMS").read_text(encoding="utf-8")
        assert text == "".join(f"{hashlib.sha256(contents[name]).hexdigest()}  {name}\n" for name in sorted(contents))


def test_release_exports_every_model_in_every_format() -> None:
    done = subprocess.run(
        ["make", "--no-print-directory", "--dry-run", "release"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert "export --all --to all --out build/release/export" in done.stdout
    assert done.stdout.rstrip().endswith("checksums.py build/release")


def test_release_is_files_alone() -> None:
    """A release on GitHub has no folders, so what is exported goes into one archive before the checksums."""
    done = subprocess.run(
        ["make", "--no-print-directory", "--dry-run", "release"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    lines = done.stdout.splitlines()
    packed = next(place for place, line in enumerate(lines) if "zipfile -c export.zip export/" in line)
    assert lines[packed + 1] == "rm -r build/release/export"
    assert lines[-1].endswith("checksums.py build/release")
