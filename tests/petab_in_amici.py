"""Import a PEtab problem in AMICI, simulate it at its nominal values, and print how far off its measurements are.

A process of its own, since AMICI compiles and loads the model. Usage: petab_in_amici.py PROBLEM.yaml FOLDER
"""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd


def simulated_1(path: Path, folder: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    from amici.importers.petab.v1 import import_petab_problem
    from amici.sim.sundials.petab.v1 import rdatas_to_simulation_df, simulate_petab
    from petab.v1 import Problem

    problem = Problem.from_yaml(path)
    model = import_petab_problem(problem, output_dir=folder, model_name="imported_1")
    solver = model.create_solver()
    tighten(solver)
    result = simulate_petab(petab_problem=problem, amici_model=model, solver=solver)
    return problem.measurement_df, rdatas_to_simulation_df(result["rdatas"], model, problem.measurement_df)


def simulated_2(path: Path, folder: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    from amici.importers.petab import PetabImporter, rdatas_to_simulation_df
    from petab.v2 import Problem

    problem = Problem.from_yaml(path)
    simulator = PetabImporter(problem, output_dir=folder, module_name="imported_2").create_simulator()
    tighten(simulator.solver)
    result = simulator.simulate(problem.get_x_nominal_dict())
    return problem.measurement_df, rdatas_to_simulation_df(result.rdatas, simulator.model, problem)


def tighten(solver: object) -> None:
    solver.set_relative_tolerance(1e-10)
    solver.set_absolute_tolerance(1e-12)
    solver.set_max_steps(100_000)


if __name__ == "__main__":
    path, folder = Path(sys.argv[1]), Path(sys.argv[2])
    measured, found = (simulated_1 if path.parent.name == "v1" else simulated_2)(path, folder)
    keys = [name for name in ("observableId", "simulationConditionId", "experimentId", "time") if name in measured]
    both = measured.merge(found, on=keys, suffixes=("", "_again"))
    off = (both["measurement"] - both["simulation"]).abs() / (both["measurement"].abs() + 0.01)
    print(len(off), off.max(skipna=False))
