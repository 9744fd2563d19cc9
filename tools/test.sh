#!/usr/bin/env bash
# Sets up and runs the tests: tools/test.sh [arguments for pytest]
# Linters first, then the suite; `tools/test.sh -m slow` runs the long tests alone.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
export VENV=${VENV:-$root/.venv}
options=(--test)
fits='import sys; sys.exit(sys.version_info >= (3, 12))'
tools/setup.sh "${options[@]}"
if "$VENV/bin/python" -c "$fits"; then
  tools/setup.sh --test --espeak
fi
PYTHON=$VENV/bin/python tools/install_runtimes.sh
"$VENV/bin/ruff" check --quiet .
"$VENV/bin/ruff" format --check --quiet .
git ls-files -z '*.sh' .ci/run | xargs -0 "$VENV/bin/shellcheck"
exec "$VENV/bin/python" -m pytest "$@"
