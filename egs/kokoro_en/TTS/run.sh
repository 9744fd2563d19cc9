#!/usr/bin/env bash
exec "$(dirname "$(readlink -f "$0")")/../../../run.sh" --corpus kokoro_en "$@"
