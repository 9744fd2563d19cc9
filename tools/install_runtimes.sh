#!/usr/bin/env bash
# Installs the sherpa-onnx runtimes that the tests speak with, side by side, one folder each.
# Usage: tools/install_runtimes.sh [folder]      (default: .runtimes beside tools/)
# PYTHON chooses the interpreter whose wheels are taken (default: python3).
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
folder=${1:-$root/.runtimes}
python=${PYTHON:-python3}

for version in 1.13.4 2.0.1; do
  target=$folder/$version
  if [[ -f $target/sherpa_onnx/__init__.py ]]; then
    echo "sherpa-onnx $version: already in $target"
    continue
  fi
  # Into a folder of another name first: a broken download leaves nothing that looks installed.
  mkdir -p "$folder"
  unfinished=$(mktemp -d "$folder/.$version.XXXXXX")
  trap 'rm -rf "$unfinished"' EXIT
  "$python" -m pip install --quiet --disable-pip-version-check --only-binary :all: \
    --target "$unfinished" "sherpa-onnx==$version"
  rm -rf "$target"
  chmod 755 "$unfinished"
  mv "$unfinished" "$target"
  echo "sherpa-onnx $version: installed in $target"
done
