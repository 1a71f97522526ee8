"""Options of commands with much to compute: who computes, and where finished work is kept."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Workers = Annotated[int | None, typer.Option(help="Processes; one for each core if not given.")]
Scheduler = Annotated[
    str | None,
    typer.Option("--scheduler", metavar="ADDRESS", help="Compute on the Dask cluster of this scheduler instead."),
]
ResultsOption = Annotated[
    Path | None,
    typer.Option(help="Folder for finished chunks, from which a stopped run goes on; the user's cache if not given."),
]
