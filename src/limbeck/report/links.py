"""Addresses of files in a document: relative to the document, and the same on every machine."""

from __future__ import annotations

import os
from urllib.parse import quote

from limbeck.edit.rename import is_installed
from limbeck.report.markdown import Link


def link_to(path: str, *, root: str, folder: str) -> Link:
    """How a document in `folder` refers to a file of the project at `root`.

    The text is the path from the root, or the file's name when it lies elsewhere.  A file of an installed package has
    no address: where it lies differs from machine to machine.
    """
    below = os.path.relpath(path, root)
    text = os.path.basename(path) if below.startswith("..") else below.replace(os.sep, "/")
    if is_installed(path):
        return Link(os.path.basename(path), None)
    # The document may be reached by another path than the project, through a symbolic link: hence the real ones.
    target = os.path.join(os.path.realpath(root), below)
    address = os.path.relpath(os.path.normpath(target), os.path.realpath(folder)).replace(os.sep, "/")
    return Link(text, quote(address, safe="/"))
