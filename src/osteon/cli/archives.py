"""The command that executes COMBINE archives: ``run``."""

from __future__ import annotations

from collections.abc import Iterator
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from osteon.cli.choices import listing_command
from osteon.cli.terminal import AsJson, errors, output, print_json

if TYPE_CHECKING:
    from osteon.engines.table import Results


def register(app: typer.Typer) -> None:
    """Add this command to the application."""
    app.command(cls=listing_command("Engines", _engines))(run)


def _engines() -> Iterator[tuple[str, str]]:
    from osteon.engines import ENGINES

    return ENGINES.described()


def run(
    archive: Annotated[Path, typer.Argument(metavar="ARCHIVE", help="A COMBINE archive (.omex), of anybody's.")],
    engine: Annotated[str, typer.Option(help="What executes it; engines are listed below.")] = "tellurium",
    out: Annotated[Path | None, typer.Option(help="Write one CSV file a report or task to this folder.")] = None,
    json: AsJson = False,
) -> None:
    """Execute a COMBINE archive and show or save its results; a dangerous or damaged one is refused."""
    import osteon

    results = osteon.run(archive, engine=engine)
    if out is not None:
        results.save(out)
    if json:
        print_json({"archive": archive.name, "engine": engine, **_as_dict(results)})
    elif out is not None:
        output.print(f"wrote {len(results.tables)} tables to {out}")
    else:
        _print(results)
    if not json:
        for note in results.notes:
            errors.print(note, style="yellow")


def _as_dict(results: Results) -> dict[str, object]:
    tables = [
        {
            "id": table.id,
            "name": table.name,
            "columns": {
                label: [value if isfinite(value) else None for value in values.tolist()]
                for label, values in table.columns.items()
            },
        }
        for table in results.tables
    ]
    return {"notes": list(results.notes), "tables": tables}


def _print(results: Results) -> None:
    from osteon.cli.grids import Grid, exact, number

    for found in results.tables:
        table = Grid(found.name, [exact("column"), *map(number, ("values", "first", "last"))])
        for label, count, first, last in found.summary():
            table.add(label, str(count), f"{first:.5g}", f"{last:.5g}")
        output.print(table)
