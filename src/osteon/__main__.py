"""Run the command line with ``python -m osteon``."""

from osteon.cli import main

main()
