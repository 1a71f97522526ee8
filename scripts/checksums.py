"""Write the SHA-256 of every file below a folder to its SHA256SUMS, as `sha256sum --check` reads it."""

import hashlib
import sys
from pathlib import Path

from osteon.files import write_file

folder = Path(sys.argv[1])
paths = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != "SHA256SUMS")
lines = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(folder).as_posix()}\n" for path in paths]
write_file(folder / "SHA256SUMS", "".join(lines))
