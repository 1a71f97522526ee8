"""The cold main job as a peer's user would script it: load every model, run every experiment; started as a process."""

from __future__ import annotations

import pickle
import sys
from pathlib import Path

import roadrunner_peers

if __name__ == "__main__":
    kind, file = sys.argv[1:]
    for job in pickle.loads(Path(file).read_bytes()):
        peer = getattr(roadrunner_peers, kind)(job)
        for experiment in job.experiments:
            try:
                peer.run(experiment, {})
            except RuntimeError:  # Plain use loses vanished states; the loss is counted by run.py.
                continue
