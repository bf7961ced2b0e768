# Finds or installs the windtunnel of the version that stands beside this file; its path becomes the output `binary`.
#
# In this order: the program that WINDTUNNEL_BIN names (self-hosted machines, own builds); one of that version on the PATH;
# the release's binary, if its checksum is right; a build of the sources that came with this action.
set -euo pipefail

version=$(<"$GITHUB_ACTION_PATH/version")
root=$RUNNER_TEMP/windtunnel-$version

# Ends well, with this program.
use() {
    printf 'windtunnel: %s (%s)\n' "$1" "$("$1" --version)"
    printf 'binary=%s\n' "$1" >> "$GITHUB_OUTPUT"
    exit 0
}

# The name of the release's file for this machine; nothing where there is none.
asset() {
    local target
    case "$(uname -s)-$(uname -m)" in
        Linux-x86_64) target=x86_64-unknown-linux-musl ;;
        Linux-aarch64) target=aarch64-unknown-linux-musl ;;
        Darwin-x86_64) target=x86_64-apple-darwin ;;
        Darwin-arm64) target=aarch64-apple-darwin ;;
        *) return ;;
    esac
    printf 'windtunnel-%s-%s.tar.gz' "$version" "$target"
}

# Holds files against the checksums on standard input; not every macOS has the first program.
check() {
    if command -v sha256sum > /dev/null; then
        sha256sum --check --strict
    else
        shasum --algorithm 256 --check --strict
    fi
}

# Gets a file of the release; fails where there is no such file.
get() {
    local from=${GITHUB_SERVER_URL:-https://github.com}/$ACTION_REPOSITORY/releases/download/v$version/$1
    curl --proto '=https' --fail --silent --show-error --location --retry 3 --max-time 300 --output "$root/$1" "$from"
}

if [ -n "${WINDTUNNEL_BIN:-}" ]; then
    [ -x "$WINDTUNNEL_BIN" ] || { echo "::error::WINDTUNNEL_BIN names no program"; exit 1; }
    use "$WINDTUNNEL_BIN"
fi
if found=$(command -v windtunnel) && [ "$("$found" --version)" = "windtunnel $version" ]; then
    use "$found"
fi
[ -x "$root/bin/windtunnel" ] && use "$root/bin/windtunnel"

mkdir -p "$root/bin"
asset=$(asset)
# Without a repository the action lies in the workflow's own checkout: its sources are what is meant.
if [ -n "$asset" ] && [ -n "${ACTION_REPOSITORY:-}" ] && get SHA256SUMS && get "$asset"; then
    # A wrong checksum ends the job: nothing else is tried after it.
    (cd "$root" && grep -F "  $asset" SHA256SUMS | check)
    tar -xzf "$root/$asset" -C "$root/bin" windtunnel
    use "$root/bin/windtunnel"
fi

command -v cargo > /dev/null || {
    echo "::error::no binary of windtunnel $version for this machine, and no cargo to build it; install Rust or set WINDTUNNEL_BIN"
    exit 1
}
echo "no binary of windtunnel $version for this machine: building it"
cargo install --locked --path "$GITHUB_ACTION_PATH/../../.." --root "$root"
use "$root/bin/windtunnel"
