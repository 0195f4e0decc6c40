"""A link that opens a file inside JupyterLab."""

from __future__ import annotations

import os
from html import escape
from pathlib import Path
from urllib.parse import quote


def opener(path: Path, text: str, folder: Path | None = None) -> str:
    """HTML of a link to a file, as seen from a folder (default: where the notebook runs).

    JupyterLab opens such a link in a tab of its own, if the file stands below the folder it was started in.
    """
    try:
        there = Path(os.path.relpath(path.resolve(), (folder or Path.cwd()).resolve())).as_posix()
    except ValueError:  # on another drive
        return f'<p class="note">{escape(path.as_posix())}</p>'
    return f'<p><a href="{escape(quote(there))}">{escape(text)}</a> <span class="path">{escape(there)}</span></p>'
