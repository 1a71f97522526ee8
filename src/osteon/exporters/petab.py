"""PEtab, the format of problems of parameter estimation, in versions 1 and 2."""

from __future__ import annotations

from collections.abc import Iterator

from osteon.exporters import petab_v1, petab_v2
from osteon.exporters.bundle import Bundle, File
from osteon.exporters.estimation import GRID, NOISE_FLOOR, NOISE_SHARE, Problem, problem

_README = """# {title}: a problem of parameter estimation

`v1/problem.yaml` and `v2/problem.yaml` say the same in PEtab 1 and in PEtab 2. Times are in {unit}.

- **Measurements** are simulated: what the model itself gives for every reading of the claims. A program that imports
  the problem must get them back at the nominal values. Where a claim reads a peak, a mean or a half-maximum, the time
  course stands at {grid} times.
- **Noise** is normal, with a standard deviation of {share:g} times the mean measurement of the observable plus
  {floor:g}, in its unit.
- **Parameters** that are estimated have the range that was measured, or that of their class of quantities ({free});
  others that no condition changes are given and not estimated ({fixed}).
- **Derived** parameters are not in the tables ({derived}): rules in the SBML compute them from the others, so that the
  model keeps its resting state when those move.
- **Changed by a condition**, and so not in the tables{ranged}.
- **Version 2** has one experiment a condition: it rests first, and each period of treatment is a period. A reading at
  the very time of a change is one before it, and has an experiment of its own that ends there.
- **Version 1** cannot say as much, so its SBML goes through the periods by itself, in events; a condition is the values
  of its parameters. Its time runs from the start of the rest, and the steady state is a late time.
"""


def files(bundle: Bundle) -> Iterator[File]:
    """Yield the problem of one model in both versions, each in a folder of its own."""
    laid_out = problem(bundle)
    yield File.text(f"{bundle.name}/README.md", _readme(laid_out))
    for version in (petab_v1, petab_v2):
        for file in version.files(laid_out):
            yield File(f"{bundle.name}/{file.path}", file.content)


def _readme(laid_out: Problem) -> str:
    binding = laid_out.bundle.model.binding
    return _README.format(
        title=binding.title,
        unit=binding.protocol.time_unit,
        grid=GRID,
        share=NOISE_SHARE,
        floor=NOISE_FLOOR,
        free=len(laid_out.free),
        fixed=len(laid_out.fixed),
        derived=", ".join(f"`{name}`" for name in laid_out.derived) or "none here",
        ranged=f", though they have a range: {', '.join(f'`{name}`' for name in laid_out.closed)}"
        if laid_out.closed
        else "",
    )
