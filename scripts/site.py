"""Build the site of this project in build/site; takes the options of `osteon site`."""

import sys

from osteon.cli import main

sys.argv[1:1] = ["site"]
main()
