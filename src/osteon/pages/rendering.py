"""Templates: the Jinja environment of every page."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jinja2 import Environment


def render(template: str, **values: Any) -> str:
    """Fill a template; every text is escaped, an unknown name is an error."""
    return environment().get_template(template).render(**values)


def style() -> str:
    """Return the style sheet of every page."""
    return render("style.css")


@cache
def environment() -> Environment:
    """Return the environment; loaders of other packages may extend it by `Environment.overlay`."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    from osteon.pages import panels, wording

    made = Environment(
        loader=PackageLoader("osteon.pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {"told": wording.told, "change": wording.change, "sign": wording.sign, "decisive": wording.decisive}
    made.globals |= {"STRENGTHS": wording.STRENGTHS, "VERDICTS": wording.VERDICTS}
    made.globals |= {"OUTCOMES": wording.OUTCOMES, "KINDS": wording.KINDS, "AXES": panels}
    return made
