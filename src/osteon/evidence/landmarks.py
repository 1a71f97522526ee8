"""Landmarks: published findings beside the sources, each with its own citation, in one file a theme."""

from __future__ import annotations

from pydantic import model_validator

from osteon.errors import suggestion
from osteon.evidence.claims import Citation, Claim, Role, refuse_uncited
from osteon.evidence.fields import Identifier
from osteon.evidence.toml import Document


class Landmark(Claim):
    """One finding of a publication; its id begins with the key of its citation, such as Kobayashi2015-01."""

    role: Role = "landmark"
    """Always 'landmark': no model was built on it, and it is counted apart."""
    species: str
    """The animal or the kind of cells that was studied, such as 'mouse' or 'human'."""
    material: str
    """What exactly was studied: strain, sex, age, tissue, cells."""

    @property
    def key(self) -> str:
        """The key of its citation."""
        return self.id.rpartition("-")[0]

    @model_validator(mode="after")
    def _is_a_landmark(self) -> Landmark:
        if self.role != "landmark":
            raise ValueError(f"the role of a landmark is 'landmark', not {self.role!r}")
        return self


class Theme(Document):
    """What a file of landmarks is about."""

    id: Identifier
    """The name of this file without '.toml'."""
    title: str
    """The title of the theme."""
    summary: str
    """What the findings have in common, in a sentence or two."""


class Landmarks(Document):
    """The landmarks of one theme."""

    theme: Theme
    """What the findings are about."""
    citations: dict[str, Citation]
    """Every publication, by a key such as Kobayashi2015."""
    claims: tuple[Landmark, ...]
    """Every finding, whether or not a model can meet it."""

    @model_validator(mode="after")
    def _ids_are_sound(self) -> Landmarks:
        seen: set[str] = set()
        for claim in self.claims:
            if claim.id in seen:
                raise ValueError(f"two claims have the id {claim.id!r}")
            if claim.key not in self.citations:
                raise ValueError(
                    f"claim {claim.id!r}: no citation {claim.key!r}{suggestion(claim.key, self.citations)}"
                )
            seen.add(claim.id)
            refuse_uncited(claim, self.citations)
        idle = set(self.citations) - {claim.key for claim in self.claims}
        if idle:
            raise ValueError(f"no claim begins with the key of citation {min(idle)!r}")
        return self
