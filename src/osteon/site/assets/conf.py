"""Sphinx configuration of the site. Nothing is fetched from elsewhere, at build time or by a page."""

from osteon.version import __version__

project = "Osteon"
author = "The Osteon developers"
copyright = "The Osteon developers. Code MIT; models, evidence and bindings CC0"
version = release = __version__
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
exclude_patterns = ["conf.py"]
myst_heading_anchors = 3
autodoc_typehints = "description"
autodoc_typehints_format = "short"
autodoc_member_order = "bysource"
add_module_names = False
html_theme = "pydata_sphinx_theme"
html_title = "Osteon"
html_static_path = ["_static"]
html_favicon = "_static/icon.svg"
html_css_files = ["site.css"]
html_copy_source = False
html_show_sourcelink = False
html_show_sphinx = False
html_domain_indices = html_use_index = False  # The page of the API is short, and search finds the rest.
_BARE = ("index", "scorecard", "landmarks", "search", "models", "models/**", "sources", "sources/**", "try", "try/**")
html_sidebars: dict[str, list[str]] = {name: [] for name in _BARE}
html_theme_options = {
    "logo": {"text": "Osteon"},
    "navbar_center": ["navbar-nav"],
    "navbar_end": ["theme-switcher"],
    "navbar_persistent": ["search-button"],
    "secondary_sidebar_items": ["page-toc"],
    "show_prev_next": False,
    "footer_start": ["copyright"],
    "footer_end": [],
    "search_bar_text": "Search the site",
    "back_to_top_button": False,
    "use_edit_page_button": False,
}
html_context = {"default_mode": "auto"}
# A link to an anchor that raw HTML makes, as claims do, is none that Sphinx can know.
suppress_warnings = ["myst.header", "myst.xref_missing"]
