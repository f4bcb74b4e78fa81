#!/usr/bin/env bash
# Ask the lanes, then write what GitHub shows: annotations, the summary of the job, the text of the comment.
# Reads LANES, SELECT, WAIVERS, REQUIRE (a word a line), TIER, OUTPUT, BASE; writes status=N into GITHUB_OUTPUT.
set -uo pipefail

arguments=(--tier "$TIER" --output "$OUTPUT" --quiet)
words() { # of a variable with a word a line, each after an option
  while IFS= read -r word; do
    [ -z "$word" ] || arguments+=("$1=$word")
  done <<<"$2"
}
words --lane "$LANES"
words --waivers "$WAIVERS"
words --require "$REQUIRE"
while IFS= read -r word; do
  [ -z "$word" ] || arguments+=("$word")
done <<<"$SELECT"

conformance run "${arguments[@]}"
status=$?
echo "status=$status" >>"$GITHUB_OUTPUT"
[ -f "$OUTPUT/journal.jsonl" ] || exit 0 # what was wrong stands above; the last step fails with the status

# A first pull request has no base, and a base that asked other trials (status 2) cannot be compared.
since=()
if [ -f "$BASE/journal.jsonl" ]; then
  conformance compare --intersection "$BASE" "$OUTPUT" >/dev/null 2>&1
  [ $? -eq 2 ] || since=(--base "$BASE")
fi
conformance report "$OUTPUT" --format annotations || true
conformance report "$OUTPUT" --format comment ${since[@]+"${since[@]}"} --output "$OUTPUT/comment.md" || true
cat "$OUTPUT/comment.md" >>"$GITHUB_STEP_SUMMARY"
exit 0
