"""A small COMBINE archive with a known solution, and ways to spoil it."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path

SBML = """<?xml version="1.0" encoding="UTF-8"?>
<sbml xmlns="http://www.sbml.org/sbml/level3/version2/core" level="3" version="2">
  <model id="decay" timeUnits="second" substanceUnits="mole" volumeUnits="litre" extentUnits="mole">
    <listOfCompartments><compartment id="cell" size="1" spatialDimensions="3" constant="true"/></listOfCompartments>
    <listOfSpecies>
      <species id="S" compartment="cell" initialConcentration="10" hasOnlySubstanceUnits="false"
               boundaryCondition="false" constant="false"/>
    </listOfSpecies>
    <listOfParameters><parameter id="k" value="0.1" constant="true"/></listOfParameters>
    <listOfReactions>
      <reaction id="lost" reversible="false">
        <listOfReactants><speciesReference species="S" stoichiometry="1" constant="true"/></listOfReactants>
        <kineticLaw><math xmlns="http://www.w3.org/1998/Math/MathML">
          <apply><times/><ci>k</ci><ci>S</ci></apply></math></kineticLaw>
      </reaction>
    </listOfReactions>
  </model>
</sbml>
"""
"""S decays from 10 at the rate k = 0.1."""

SEDML = """<?xml version="1.0" encoding="UTF-8"?>
<sedML xmlns="http://sed-ml.org/sed-ml/level1/version4" xmlns:sbml="http://www.sbml.org/sbml/level3/version2/core"
       level="1" version="4">
  <listOfModels>
    <model id="slow" language="urn:sedml:language:sbml" source="decay.xml"/>
    <model id="fast" language="urn:sedml:language:sbml" source="decay.xml">
      <listOfChanges>
        <changeAttribute target="/sbml:sbml/sbml:model/sbml:listOfParameters/sbml:parameter[@id='k']/@value"
                         newValue="0.3"/>
      </listOfChanges>
    </model>
  </listOfModels>
  <listOfSimulations>
    <uniformTimeCourse id="ten_seconds" initialTime="0" outputStartTime="0" outputEndTime="10" numberOfSteps="20">
      <algorithm kisaoID="KISAO:0000019"/>
    </uniformTimeCourse>
  </listOfSimulations>
  <listOfTasks>
    <task id="slowly" name="Slow decay" modelReference="slow" simulationReference="ten_seconds"/>
    <task id="fastly" name="Fast decay" modelReference="fast" simulationReference="ten_seconds"/>
  </listOfTasks>
  <listOfDataGenerators>
    <dataGenerator id="time">
      <math xmlns="http://www.w3.org/1998/Math/MathML"><ci>t</ci></math>
      <listOfVariables>
        <variable id="t" symbol="urn:sedml:symbol:time" taskReference="slowly" modelReference="slow"/>
      </listOfVariables>
    </dataGenerator>
    <dataGenerator id="half_of_slow">
      <math xmlns="http://www.w3.org/1998/Math/MathML"><apply><divide/><ci>s</ci><cn>2</cn></apply></math>
      <listOfVariables>
        <variable id="s" target="/sbml:sbml/sbml:model/sbml:listOfSpecies/sbml:species[@id='S']"
                  taskReference="slowly" modelReference="slow"/>
      </listOfVariables>
    </dataGenerator>
    <dataGenerator id="fast_decay">
      <math xmlns="http://www.w3.org/1998/Math/MathML"><ci>f</ci></math>
      <listOfVariables>
        <variable id="f" target="/sbml:sbml/sbml:model/sbml:listOfSpecies/sbml:species[@id='S']"
                  taskReference="fastly" modelReference="fast"/>
      </listOfVariables>
    </dataGenerator>
  </listOfDataGenerators>
  <listOfOutputs>
    <report id="both" name="Both decays">
      <listOfDataSets>
        <dataSet id="d1" label="time" dataReference="time"/>
        <dataSet id="d2" label="half of slow" dataReference="half_of_slow"/>
        <dataSet id="d3" label="fast" dataReference="fast_decay"/>
      </listOfDataSets>
    </report>
  </listOfOutputs>
</sedML>
"""
"""Two tasks, slow and fast, and a report of both."""

FORMATS = {
    ".xml": "http://identifiers.org/combine.specifications/sbml",
    ".sedml": "http://identifiers.org/combine.specifications/sed-ml",
    ".cps": "http://purl.org/NET/mediatypes/application/x-copasi",
}


def manifest(names: Mapping[str, object] | tuple[str, ...], master: str = "experiment.sedml") -> str:
    """Return a manifest of some files."""
    lines = "".join(
        f'<content location="./{name}" format="{FORMATS[Path(name).suffix]}" master="{str(name == master).lower()}"/>'
        for name in names
    )
    return f'<omexManifest xmlns="http://identifiers.org/combine.specifications/omex-manifest">{lines}</omexManifest>'


def files(**changed: str) -> dict[str, str]:
    """Return the files of the archive by name; the model, experiment or manifest replaced where given."""
    own = {"decay.xml": changed.get("model", SBML), "experiment.sedml": changed.get("experiment", SEDML)}
    return {"manifest.xml": changed.get("manifest", manifest(tuple(own))), **own}


def pack(path: Path, contents: Mapping[str, str | bytes]) -> Path:
    """Write an archive."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in contents.items():
            file.writestr(name, content)
    return path
