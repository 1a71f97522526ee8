"""Pages: what the report and the site share, from wording to figures.

============== ========================================================================================================
module         holds
============== ========================================================================================================
`wording`      the sign, the word and the CSS class of each verdict and outcome; effects and conditions in plain words
`courses`      the time course behind each check, simulated once a condition
`contrasts`    what a check compares, as a reader would set it up in the page "Try it"
`panels`       the geometry of the figure of one check: curves, dots, the band in which the word holds
`cards`        one claim with its answer from each model: verdict, panels, robustness, edges
`support`     robustness and edges of each claim in words, from the results on record
`matrices`     claims down, models across, a section for each source
`equations`    reactions and rules as MathML, which browsers draw without a script
`rendering`    the Jinja environment: autoescape on, strict, filters; `render` a template, `style` the style sheet
============== ========================================================================================================

Templates are package data under ``templates/``. ``claims.html`` has the macros ``chip`` (a verdict), ``card`` (a claim;
``live`` is the folder of "Try it", where there is one), ``conflict`` (claims side by side) and ``matrix``;
``models.html`` those for a model's tables and equations;
``panel.svg`` draws a panel. All look comes from ``style.css``: colours are variables on ``:root``, dark where the
reader prefers dark or an element has ``data-theme="dark"``, and text in figures takes the font of the page.
"""
