#!/usr/bin/env bash
# Makes .venv with everything the recipes need. Does nothing when it is already up to date.
# Usage: tools/setup.sh [--test] [--espeak] [--judge]
#   --test    also what the tests and linters need
#   --espeak  also the optional English front end (GPL packages, Python up to 3.11)
#   --judge   also what hears and judges speech in evaluate.py (270 MB)
# PYTHON chooses the interpreter (3.10 to 3.13), VENV the folder (default: .venv). Installs with
# uv where that is on the PATH, else with pip.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
venv=${VENV:-$root/.venv}
files=("$root/requirements.txt")
for argument in "$@"; do
  case $argument in
    --test) files+=("$root/requirements-test.txt") ;;
    --espeak) files+=("$root/requirements-espeak.txt") ;;
    --judge) files+=("$root/requirements-judge.txt" "$root/requirements-distillmos.txt") ;;
    --help | -h) sed -n '2,9s/^# \{0,1\}//p' "$0"; exit 0 ;;
    *) echo "error: unknown option $argument; known: --test --espeak --judge" >&2; exit 2 ;;
  esac
done

fits() {
  "$1" -c 'import sys; sys.exit(not (3, 10) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null
}

find_python() {
  local candidate
  for candidate in ${PYTHON:+"$PYTHON"} python3 python3.12 python3.11 python3.13 python3.10; do
    if fits "$candidate"; then
      echo "$candidate"
      return
    fi
    if [[ -n ${PYTHON:-} ]]; then
      echo "error: PYTHON=$PYTHON is not a Python 3.10 to 3.13" >&2
      return 1
    fi
  done
  echo "error: no Python 3.10 to 3.13 found (looked for python3 and python3.10 to python3.13)." >&2
  echo "Install one, or name it: PYTHON=/path/to/python3 $0" >&2
  return 1
}

# A file of requirements counts as installed when its content stands in the marker.
marker=$venv/.installed
missing=()
for file in "${files[@]}"; do
  sum=$(cat "$file" "$root/constraints.txt" | sha256sum | cut -d' ' -f1)
  grep -qs "^$sum$" "$marker" || missing+=("$file")
done
if ((${#missing[@]} == 0)) && fits "$venv/bin/python"; then
  exit 0
fi

if ! fits "$venv/bin/python"; then
  python=$(find_python)
  # Never remove what is not an environment: VENV may name any folder.
  if [[ -n $(ls -A "$venv" 2>/dev/null) && ! -f $venv/pyvenv.cfg ]]; then
    echo "error: VENV=$venv holds something else than a virtual environment; remove it, or name" >&2
    echo "another folder" >&2
    exit 1
  fi
  echo "making $venv with $("$python" --version)"
  rm -rf "$venv"
  if ! "$python" -m venv "$venv"; then
    rm -rf "$venv"
    echo "error: $python cannot make a virtual environment. On Debian and Ubuntu its module is a" >&2
    echo "package of its own: apt install python3-venv; or name another Python: PYTHON=... $0" >&2
    exit 1
  fi
  missing=("${files[@]}")
fi
install() {
  if command -v uv >/dev/null; then
    uv pip install --quiet --python "$venv/bin/python" "$@" -c "$root/constraints.txt"
    return
  fi
  # An environment whose making was cut short may lack pip.
  "$venv/bin/python" -m pip --version >/dev/null 2>&1 || "$venv/bin/python" -m ensurepip >/dev/null
  "$venv/bin/python" -m pip install --disable-pip-version-check --progress-bar off --quiet \
    --prefer-binary "$@" -c "$root/constraints.txt"
}

arguments=() alone=()
for file in "${missing[@]}"; do
  if [[ $file == */requirements-distillmos.txt ]]; then
    alone=(--no-deps -r "$file")
  else
    arguments+=(-r "$file")
  fi
done
echo "installing ${missing[*]##*/} (a few minutes; a CUDA build of torch is large)"
if ((${#arguments[@]})); then install "${arguments[@]}"; fi
if ((${#alone[@]})); then install "${alone[@]}"; fi
for file in "${missing[@]}"; do
  cat "$file" "$root/constraints.txt" | sha256sum | cut -d' ' -f1 >>"$marker"
done
echo "installed in $venv"
