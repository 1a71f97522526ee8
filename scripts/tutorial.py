"""Execute docs/tutorial.ipynb and keep what it shows, so that it can be read without being run."""

import tempfile
from pathlib import Path

import nbformat
from nbclient import NotebookClient

path = Path(__file__).parents[1] / "docs" / "tutorial.ipynb"
notebook = nbformat.read(path, as_version=4)
with tempfile.TemporaryDirectory() as folder:
    resources = {"metadata": {"path": folder}}
    NotebookClient(notebook, resources=resources, record_timing=False).execute()
# The version of Python that ran it is of no interest, and would change the file.
notebook.metadata["language_info"] = {"name": "python"}
nbformat.write(notebook, path)
