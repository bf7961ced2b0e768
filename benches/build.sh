#!/usr/bin/env bash
# What a newcomer waits for: README's two commands from a clean clone of HEAD, one after the other.
#
#     benches/build.sh [FOLDER]     works in FOLDER (default: a temporary one), which must not exist
#
# For each command: wall seconds, the processors' seconds, and the ten units of the build that took longest. Crates are
# fetched before the clock starts. Run it on a quiet machine.
set -euo pipefail
cd "$(dirname "$0")/.."

if [ $# -gt 0 ]; then
    mkdir "$1"
    folder=$1
else
    folder=$(mktemp -d)
    trap 'rm -rf "$folder"' EXIT
fi
git clone --quiet . "$folder/clone"
cd "$folder/clone"
unset CARGO_TARGET_DIR CARGO_BUILD_TARGET_DIR
cargo fetch --quiet --locked

# The first line of README.md that begins so.
readme() { grep -m1 "^$1" README.md; }

# The slowest units of what cargo built last.
slowest() {
    python3 - <<'EOF'
import json, re
from pathlib import Path

page = max(Path("target/cargo-timings").glob("cargo-timing-*.html")).read_text(encoding="utf-8")
units = json.loads(re.search(r"UNIT_DATA = (\[.*?\]);\n", page, re.DOTALL).group(1))
print(f"  {len(units)} units; wall seconds of the slowest:")
for unit in sorted(units, key=lambda unit: -unit["duration"])[:10]:
    print(f"    {unit['duration']:6.1f}  {unit['name']} {unit['version']}{unit['target']}")
EOF
}

# Runs a command of README's and says what it took.
measure() {
    local with_timings=$1
    printf '%s\n' "$with_timings"
    TIMEFORMAT='  %R s wall, %U + %S s of the processors'
    time bash -c "$with_timings" > "$folder/output" 2>&1 || { tail -n 30 "$folder/output"; exit 1; }
    slowest
}

measure "$(readme 'cargo run' | sed 's/^cargo run/& --timings/')"
measure "$(readme 'cargo test' | sed 's/^cargo test/& --timings/')"
