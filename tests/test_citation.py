"""What is said of the release agrees with the program."""

from __future__ import annotations

import re
import tomllib

from conftest import ROOT
from osteon.version import __version__


def test_the_citation_names_this_version_and_these_licences() -> None:
    text = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    licences = re.findall(r"^  - (MIT|CC0-1\.0)$", text, flags=re.MULTILINE)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert re.findall(r"^version: (.+)$", text, flags=re.MULTILINE) == [__version__]
    assert " AND ".join(licences) == project["license"]


def test_the_changelog_knows_this_version() -> None:
    assert __version__ in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_every_licence_is_there_in_full() -> None:
    named = {
        entry["SPDX-License-Identifier"]
        for entry in tomllib.loads((ROOT / "REUSE.toml").read_text(encoding="utf-8"))["annotations"]
    }
    assert named == {path.stem for path in (ROOT / "LICENSES").iterdir()}
