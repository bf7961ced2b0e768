# Runs `windtunnel run`, or `windtunnel merge`, with the action's inputs, which come by the environment, and keeps its exit
# code. Annotations, the job summary and the outputs are windtunnel's own; where it ran nothing, this says so.
set -euo pipefail

arguments=()

# Adds each line of $2, after the option $1 if there is one; empty lines are left out.
add() {
    local line
    while IFS= read -r line; do
        line=${line%$'\r'}
        if [ -n "$line" ]; then
            arguments+=(${1:+"$1"} "$line")
        fi
    done <<< "$2"
}

if [ -n "$INPUT_MERGE" ]; then
    arguments+=(merge)
    add --junit "$INPUT_JUNIT"
    add '' "$INPUT_ARGS"
    add '' "$INPUT_MERGE"
else
    arguments+=(run)
    add --profile "$INPUT_PROFILE"
    add --filter "$INPUT_FILTER"
    add --junit "$INPUT_JUNIT"
    add --partition "$INPUT_PARTITION"
    add '' "$INPUT_ARGS"
    add '' "$INPUT_SPEC"
fi

before=$(wc -l < "$GITHUB_OUTPUT")
code=0
"$WINDTUNNEL" "${arguments[@]}" || code=$?

# A spec with a mistake, or nothing selected: windtunnel ends before there are any outputs.
if ! tail -n "+$((before + 1))" "$GITHUB_OUTPUT" | grep -q '^exit_code='; then
    result=error
    if [ "$code" -eq 0 ]; then result=passed; elif [ "$code" -eq 1 ]; then result=failed; fi
    printf 'result=%s\nexit_code=%s\n' "$result" "$code" >> "$GITHUB_OUTPUT"
    case $code in
        2) why="a mistake in a spec or in the inputs; the log tells its place" ;;
        4) why="no case is selected" ;;
        5) why="shards are missing, damaged or of different plans; the log tells which" ;;
        *) why="" ;;
    esac
    [ -z "$why" ] || printf '### windtunnel ran nothing\n\nExit code %s: %s.\n' "$code" "$why" >> "$GITHUB_STEP_SUMMARY"
fi
exit "$code"
