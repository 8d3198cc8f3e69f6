# SPDX-License-Identifier: Apache-2.0
"""The documentation as a site: what Sphinx is told (scripts/site)."""
from pygments.lexers.special import TextLexer
from sphinx.highlighting import lexers

project = "Phasic"
author = "The Phasic contributors"
extensions = ["myst_parser"]
myst_heading_anchors = 4
html_theme = "alabaster"
html_theme_options = {"description": "Spiking networks that learn on the chip", "page_width": "1400px", "sidebar_width": "260px"}
html_show_copyright = False
exclude_patterns = ["site", "results"]
# Worked examples of the specification (tests read them).
lexers["examples"] = TextLexer()
