"""The graph of influences, on models whose graph is plain to see."""

from __future__ import annotations

import subprocess
import sys

import libsbml
import pytest

import small
from conftest import ROOT
from osteon.sbml.influence import Graph, graph

CHAIN = """
  substanceOnly species A in cell = 1 dimensionless, B in cell = 1 dimensionless
  substanceOnly species C in cell = 1 dimensionless, D in cell = 1 dimensionless
  k = 1 per_day; off = 0 dimensionless; K = 1 dimensionless; n = 2 dimensionless
  Drive := A^n/(K^n + A^n)
  Drive has dimensionless
  Idle := off*D
  Idle has dimensionless
  a_made: => A; k
  a_lost: A => ; k*A
  b_made: => B; k*Drive
  b_lost: B => ; k*B
  c_made: => C; k*B + k*Idle
  c_lost: C => ; k*C*(1 + off*D/(K + D))
  d_made: => D; k*A
  d_lost: D => ; k*D
"""


def _graph(body: str = CHAIN) -> Graph:
    return small.model(body, observables={"s": "C", "sum": "A + B", "drive": "Drive"}).graph


def test_direct_influence_passes_through_assignment_rules() -> None:
    assert _graph().directly("A", "B")
    assert not _graph().directly("A", "C")
    assert not _graph().directly("B", "A")


def test_paths() -> None:
    assert _graph().influences("A", "C")
    assert not _graph().influences("C", "A")


def test_an_arm_times_zero_is_no_influence() -> None:
    assert not _graph().influences("D", "C")
    assert _graph(CHAIN.replace("off = 0", "off = 1")).directly("D", "C")


def test_a_parameter_that_an_event_changes_is_no_constant() -> None:
    switched = CHAIN.replace("k = 1 per_day; off = 0", "k = 1 per_day; var off = 0") + "\n  at time > 5: off = 1\n"
    assert _graph(switched).directly("D", "C")


def test_what_is_computed_from_a_state_is_directly_influenced_by_it() -> None:
    assert _graph().directly("A", "drive")
    assert _graph().directly("A", "sum")
    assert not _graph().directly("C", "sum")


def test_observables_stand_for_their_states() -> None:
    assert _graph().influences("sum", "s")
    assert _graph().directly("drive", "B")


def test_functions_and_local_parameters_are_written_out() -> None:
    """As published models have them: a rate that calls a function, with a parameter of its own."""
    document = libsbml.readSBMLFromString(small.model(CHAIN).sbml)
    model = document.getModel()
    function = model.createFunctionDefinition()
    function.setId("law")
    function.setMath(libsbml.parseL3Formula("lambda(x, y, x*y)"))
    law = model.getReaction("b_made").getKineticLaw()
    law.createLocalParameter().setId("silent")
    law.getLocalParameter("silent").setValue(0.0)
    law.setMath(libsbml.parseL3Formula("law(k, A) + silent*D"))
    found = graph(document, {})
    assert found.directly("A", "B")
    assert not found.directly("D", "B")


def test_rate_rules_count() -> None:
    body = """
      substanceOnly species A in cell = 1 dimensionless
      k = 1 per_day; R = 1 dimensionless
      a_made: => A; k
      a_lost: A => ; k*A
      R' = k*A - k*R
    """
    assert small.model(body, observables={"s": "A"}).graph.directly("A", "R")


def test_a_species_used_up_is_influenced_by_what_speeds_its_loss() -> None:
    body = """
      substanceOnly species A in cell = 1 dimensionless, E in cell = 1 dimensionless
      k = 1 per_day
      a_made: => A; k
      a_lost: A => ; k*A*E
      e_made: => E; k
      e_lost: E => ; k*E
    """
    found = small.model(body, observables={"s": "A"}).graph
    assert found.directly("E", "A")
    assert not found.influences("A", "E")


@pytest.mark.interop
def test_graph_is_the_same_once_tellurium_has_been_imported() -> None:
    """Importing libsedml, as tellurium does, changes what libsbml's getType returns in Python."""
    script = (
        "import sys; sys.path.insert(0, 'tests'); import warnings; warnings.simplefilter('ignore'); import tellurium\n"
        "from test_influence import _graph; graph = _graph()\n"
        "print(graph.directly('A', 'B'), graph.influences('A', 'C'), graph.influences('D', 'C'))"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, encoding="utf-8", check=True)
    assert done.stdout.split() == ["True", "True", "False"]
