#!/usr/bin/env python3
"""Proves that the package of sources is whole, small enough for its registry, and installs; and that the image's sources are.

    python .ci/package.py [PROFILE]     exit 1 with what is wrong; PROFILE of cargo, default release

`cargo install` builds the unpacked package, alone, with the dependencies that are already compiled in `target`; its own
code is not optimised, which is quick, and the feature cloud is on, as in what is there. What the Dockerfile copies is held against what the sources name.
"""
import os
import re
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

import awkward

# What crates.io takes, compressed.
MAX_BYTES = 10_000_000
NEEDED = ["Cargo.toml", "Cargo.lock", "README.md", "LICENSE-APACHE", "LICENSE-MIT", "src/lib.rs", "src/bin/windtunnel/main.rs"]


def included(root):
    """What files that sources name are not under `root`."""
    for source in sorted(root.rglob("*.rs")):
        for name in re.findall(r'include_(?:str|bytes)!\("([^"]+)"\)', source.read_text()):
            if not (source.parent / name).is_file():
                yield f"{source.relative_to(root)} includes {name}, which is not there"


def packed(folder):
    """The package, unpacked in `folder`, and its size in bytes."""
    subprocess.run(["cargo", "package", "--quiet", "--locked", "--no-verify", "--allow-dirty", "--target-dir", folder / "made"],
                   cwd=awkward.ROOT, check=True)
    (crate,) = (folder / "made/package").glob("*.crate")
    with tarfile.open(crate) as archive:
        archive.extractall(folder, filter="data")
    # All files of a package are of one day long ago: beside what an earlier one left in `target`, cargo would take them for compiled.
    for path in (folder / crate.stem).rglob("*"):
        path.touch()
    return folder / crate.stem, crate.stat().st_size


def install(package, folder, profile):
    """Installs the package; what is wrong with what it does where no example data are, and where there are data."""
    unoptimised = f'profile.{profile}.package.windtunnel.opt-level=0'
    subprocess.run(["cargo", "install", "--quiet", "--locked", "--features", "cloud", "--profile", profile, "--config",
                    unoptimised, "--path", package, "--root", folder / "root", "--target-dir", awkward.ROOT / "target"], check=True)
    windtunnel = folder / "root/bin/windtunnel"
    done = subprocess.run([windtunnel, "run", "specs/quickstart.toml"], cwd=package, text=True, capture_output=True, check=False)
    if done.returncode != 2 or "in the repository, not in cargo's package" not in done.stderr:
        yield f"without example data: exit code {done.returncode}, {done.stderr}"
    (folder / "work").mkdir()
    awkward.write(folder / "work")
    done = subprocess.run([windtunnel, "run", "sound.toml"], cwd=folder / "work", text=True, capture_output=True, check=False)
    if done.returncode != 1 or not (folder / "work/target/windtunnel/awkward/report.html").is_file():
        yield f"a run: exit code {done.returncode}, {done.stderr}"


def image(folder):
    """What the stage of the Dockerfile that builds lacks."""
    stage = (awkward.ROOT / "Dockerfile").read_text().split("RUN cargo build")[0]
    for *sources, target in (line.split() for line in re.findall(r"^COPY (.+)$", stage, re.MULTILINE)):
        (folder / target).mkdir(parents=True, exist_ok=True)
        for source in sources:
            whole = [path for path in awkward.ROOT.glob(source) if "*" in source or path.exists()]
            contents = [inner for path in whole for inner in (path.iterdir() if path.is_dir() else [path])]
            if not contents:
                yield f"the Dockerfile copies {source}, which is not there"
            subprocess.run(["cp", "-r", *contents, folder / target], check=True)
    done = subprocess.run(["cargo", "metadata", "--locked", "--no-deps", "--format-version", "1"], cwd=folder, text=True,
                          capture_output=True, check=False)
    if done.returncode != 0:
        yield f"the image's sources: {done.stderr}"
    yield from (f"the image's sources: {fault}" for fault in included(folder))


def main():
    profile = sys.argv[1] if len(sys.argv) > 1 else "release"
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        package, size = packed(folder)
        wrong = [f"the package lacks {name}" for name in NEEDED if not (package / name).is_file()]
        wrong += included(package)
        if size > MAX_BYTES:
            wrong.append(f"the package has {size / 1e6:.1f} MB, at most {MAX_BYTES / 1e6:.0f} are allowed")
        wrong += image(folder / "image")
        wrong += install(package, folder, profile)
        count = sum(len(files) for _, _, files in os.walk(package))
        print("\n".join([*wrong, f"a package of {count} files, {size / 1e6:.1f} MB, installed: {len(wrong)} faults"]))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
