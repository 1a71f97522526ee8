"""Judge models by their evidence: `osteon verify` with the same arguments."""

import sys

from osteon.cli import main

sys.argv[1:1] = ["verify"]
main()
