"""The command line: parses what the user typed, calls the project, prints. No logic of its own."""

from osteon.cli.app import main

__all__ = ["main"]
