#!/usr/bin/env bash
# Keep one comment on a pull request: the one whose first line is the marker is written anew, otherwise one is made.
# Reads COMMENT (a file), PULL_REQUEST, GITHUB_REPOSITORY; `gh` has the token.
set -euo pipefail

[ -f "$COMMENT" ] || exit 0
marker=$(head -n 1 "$COMMENT")
comments="repos/$GITHUB_REPOSITORY/issues/$PULL_REQUEST/comments"
id=$(gh api --paginate "$comments" --jq ".[] | select(.body | startswith(\"$marker\")) | .id" | head -n 1)
if [ -n "$id" ]; then
  gh api --silent --method PATCH "repos/$GITHUB_REPOSITORY/issues/comments/$id" --field "body=@$COMMENT"
else
  gh api --silent --method POST "$comments" --field "body=@$COMMENT"
fi
