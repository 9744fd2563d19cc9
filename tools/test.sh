#!/usr/bin/env bash
# Sets up and runs the tests: tools/test.sh [arguments for pytest]
# Linters first, then the suite; `tools/test.sh -m slow` runs the long tests alone.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
export VENV=${VENV:-$root/.venv}
tools/setup.sh --test
# The espeak front end's packages stop at Python 3.11; beyond it its tests say so and are skipped.
if "$VENV/bin/python" -c 'import sys; sys.exit(sys.version_info >= (3, 12))'; then
  tools/setup.sh --test --espeak
fi
PYTHON=$VENV/bin/python tools/install_runtimes.sh
"$VENV/bin/ruff" check --quiet .
"$VENV/bin/ruff" format --check --quiet .
git ls-files -z '*.sh' .ci/run | xargs -0 "$VENV/bin/shellcheck" -x
# One process a core, each with one thread: threads that wait for each other would only disturb.
export OMP_NUM_THREADS=1
# Hundreds of processes import the same modules: compiled once, they are read.
unset PYTHONDONTWRITEBYTECODE
exec "$VENV/bin/python" -m pytest -n auto --dist loadfile --no-loadscope-reorder "$@"
