"""How the manual is made of Markdown: `make manual`; one site a language, each with a search that needs no server.

What is in Spanish stands in `docs/es/`; the English site holds `docs/en/` and the documents of who operates, joins and
builds the house. A heading that explains a page of the program names it: `(page:campaigns:desk)=` above it, by the name
of its address; the help of that page opens there.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from pygments.lexers.special import TextLexer
from sphinx.application import Sphinx

HERE = Path(__file__).resolve().parent
PAGE = "page:"  # before the name of an address
OUTSIDE = re.compile(r"\[([^\]]+)\]\((?:\.\./|skeleton/|examples/)[^)]*\)|\[([^\]]+)\]\([\w/]+/\)")

project = "Centro de Llamadas"
extensions = ["myst_parser"]
language = "es" if tags.has("es") else "en"  # type: ignore[name-defined]  # noqa: F821  # given by Sphinx
root_doc = "index" if language == "es" else "en/index"
exclude_patterns = ["es", "site", "built", "skeleton", "examples", "releases"]
myst_heading_anchors = 4
myst_enable_extensions = ["colon_fence", "deflist"]
highlight_language = "none"

html_theme = "theme"
html_theme_path = [str(HERE)]
html_static_path = [str(HERE.parents[1] / "screens/static/screens/css/tokens.css")]
html_title = "Manual" if language == "es" else "Handbook"
html_copy_source = html_show_sourcelink = False
html_permalinks = False


def unlink(_app: Sphinx, docname: str, source: list[str]) -> None:
    """What a document of the repository names beside the site (a folder, a file of the program) stays as words."""
    if "/" not in docname and language == "en":
        source[0] = OUTSIDE.sub(lambda found: found[1] or found[2], source[0])


def write_pages(app: Sphinx, exception: Exception | None) -> None:
    """Where each page of the program is explained: `pages.json`, `{"campaigns:desk": "agents.html#…"}`."""
    if exception is None:
        known = app.env.get_domain("std").anonlabels  # type: ignore[attr-defined]
        found = {
            name.removeprefix(PAGE): f"{document}.html#{anchor}"
            for name, (document, anchor) in sorted(known.items()) if name.startswith(PAGE)
        }  # fmt: skip
        (Path(app.outdir) / "pages.json").write_text(json.dumps(found, indent=1) + "\n")


def name_the_other(app: Sphinx, pagename: str, _template: str, context: dict[str, Any], _tree: object) -> None:
    """The same page in the other language, where it is there."""
    folder = Path(app.srcdir)
    if language == "es":
        there, address = folder.parent / "en" / f"{pagename}.md", f"en/en/{pagename}.html"
    else:
        there, address = folder / "es" / f"{Path(pagename).name}.md", f"es/{Path(pagename).name}.html"
    if pagename.startswith("en/") or language == "es":
        context["other"] = f"{context['content_root']}../{address}" if there.exists() else ""


def setup(app: Sphinx) -> None:
    app.add_lexer("mermaid", TextLexer)  # drawn by whoever reads it in the repository
    app.connect("source-read", unlink)
    app.connect("build-finished", write_pages)
    app.connect("html-page-context", name_the_other)
