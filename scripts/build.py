"""Compile every model and write the JSON Schemas: `osteon build` with the same arguments."""

import sys

from osteon.cli import main

sys.argv[1:1] = ["build"]
main()
