#!/usr/bin/env python3
"""The bill of materials of the program, as CycloneDX 1.6 JSON: every crate that is built into it, with its licence, the
checksum that Cargo.lock holds it to, and what it needs. The same sources give the same bytes.

    python .ci/sbom.py TARGET > sbom.cdx.json     TARGET is what is built for, such as x86_64-unknown-linux-musl

Needs cargo and Python alone. C sources (SQLite, mozjpeg, libwebp, ring) come inside the crates that build them.
"""
import json
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# As releases are built.
FEATURES = "cloud"
LOCKED = r'name = "(.+)"\nversion = "(.+)"\nsource = "registry\+https://github.com/rust-lang/crates.io-index"\nchecksum = "([0-9a-f]{64})"'



def cargo(*args):
    return subprocess.run(["cargo", *args, "--locked"], cwd=ROOT, check=True, capture_output=True, text=True).stdout


def inside(target):
    """Names and versions of what is built in: neither what tests need, nor what only builds, nor what a feature leaves out."""
    listed = cargo("tree", "--features", FEATURES, "--edges", "normal", "--target", target, "--prefix", "none", "--format", "{p}")
    words = (line.split() for line in listed.splitlines() if line.strip())
    return {(name, version.removeprefix("v")) for name, version, *_ in words}


def purl(package):
    return f"pkg:cargo/{package['name']}@{package['version']}"


def component(package, checksums):
    """A crate; `/` between licences is how old crates write OR."""
    licence = re.sub(r"\s*/\s*", " OR ", package["license"])
    entry = {"type": "library", "bom-ref": purl(package), "name": package["name"], "version": package["version"],
             "purl": purl(package), "scope": "required", "licenses": [{"expression": licence}]}
    if package["description"]:
        entry["description"] = " ".join(package["description"].split())
    if checksum := checksums.get((package["name"], package["version"])):
        entry["hashes"] = [{"alg": "SHA-256", "content": checksum}]
    if package["repository"]:
        entry["externalReferences"] = [{"type": "vcs", "url": package["repository"]}]
    return entry


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    known = json.loads(cargo("metadata", "--features", FEATURES, "--format-version", "1", "--filter-platform", sys.argv[1]))
    locked = re.findall(LOCKED, (ROOT / "Cargo.lock").read_text())
    checksums = {(name, version): checksum for name, version, checksum in locked}
    wanted = inside(sys.argv[1])
    packages = {part["id"]: part for part in known["packages"] if (part["name"], part["version"]) in wanted}
    root = known["resolve"]["root"]
    parts = sorted((part for key, part in packages.items() if key != root), key=lambda part: (part["name"], part["version"]))
    edges = {node["id"]: sorted({dep["pkg"] for dep in node["deps"]} & set(packages))
             for node in known["resolve"]["nodes"] if node["id"] in packages}
    unsafe = [purl(part) for part in parts if (part["name"], part["version"]) not in checksums or not part["source"]]
    if unsafe:
        sys.exit(f"without a checksum: {unsafe}")
    program = component(packages[root], checksums) | {"type": "application"}
    program.pop("scope")
    depends = [{"ref": purl(packages[key]), "dependsOn": [purl(packages[dep]) for dep in edges[key]]} for key in sorted(edges)]
    bill = {"$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json", "bomFormat": "CycloneDX", "specVersion": "1.6",
            "version": 1, "metadata": {"lifecycles": [{"phase": "build"}], "component": program, "properties": [
                {"name": "windtunnel:target", "value": sys.argv[1]}]},
            "components": [component(part, checksums) for part in parts], "dependencies": depends}
    json.dump(bill, sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    main()
