"""The settings of Sphinx for the documentation. The build needs no network."""

from importlib import metadata

project = "oauthone"
author = "the oauthone contributors"
copyright = author
release = metadata.version("oauthone")

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx_copybutton",
]
exclude_patterns = ["figures.md"]  # comparison.md includes it
#: Single backticks in docstrings: a link where the name is documented, else code.
default_role = "py:obj"

myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3

#: niquests has a separate environment: its dependency replaces urllib3 on disk.
autodoc_mock_imports = ["niquests"]
autodoc_member_order = "bysource"
autodoc_preserve_defaults = True
autodoc_typehints_format = "short"
maximum_signature_line_length = 80
python_use_unqualified_type_names = True
napoleon_google_docstring = True
napoleon_numpy_docstring = False
napoleon_use_ivar = True

html_theme = "furo"
html_title = f"oauthone {release}"
html_static_path = ["_static"]
html_css_files = ["oauthone.css"]
html_copy_source = False
html_show_sourcelink = False
copybutton_selector = "div:not(.highlight-output) > div.highlight > pre"
