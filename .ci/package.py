#!/usr/bin/env python3
"""Proves that the package of sources is whole and small enough for its registry, without building it.

    python .ci/package.py       exit 1 with what is wrong
"""
import re
import subprocess
import sys

import awkward

# What crates.io takes, compressed; files are counted as they are, so that nothing is near it.
MAX_BYTES = 10_000_000
NEEDED = ["Cargo.toml", "Cargo.lock", "README.md", "LICENSE-APACHE", "LICENSE-MIT", "src/lib.rs", "src/bin/windtunnel/main.rs"]


def main():
    listed = subprocess.run(["cargo", "package", "--list", "--allow-dirty"], cwd=awkward.ROOT, check=True, text=True,
                            capture_output=True).stdout.splitlines()
    files = {name: awkward.ROOT / name for name in listed if (awkward.ROOT / name).is_file()}
    size = sum(path.stat().st_size for path in files.values())
    sources = [name for name in files if name.endswith(".rs")]
    wrong = [f"the package lacks {name}" for name in NEEDED if name not in files]
    for name in sources:
        for included in re.findall(r'include_(?:str|bytes)!\("([^"]+)"\)', files[name].read_text()):
            path = (files[name].parent / included).resolve().relative_to(awkward.ROOT)
            wrong += [f"{name} includes {path}, which is not in the package"] * (str(path) not in files)
    if size > MAX_BYTES:
        wrong.append(f"the package has {size / 1e6:.1f} MB, at most {MAX_BYTES / 1e6:.0f} are allowed")
    print("\n".join([*wrong, f"{len(files)} files of the package, {size / 1e6:.1f} MB: {len(wrong)} faults"]))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
