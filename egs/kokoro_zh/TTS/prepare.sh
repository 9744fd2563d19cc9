#!/usr/bin/env bash
exec "$(dirname "$(readlink -f "$0")")/../../../prepare.sh" --corpus kokoro_zh "$@"
