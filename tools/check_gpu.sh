#!/usr/bin/env bash
# Checks a GPU machine in under nine minutes, without the network: tools/check_gpu.sh [options]
#   --device cuda   cuda, cuda:N or cpu; on the CPU steps that need CUDA are skipped, the rest has
#                   less to do and three times the time
#   --only A,B      these steps alone (a step may need what an earlier one left in --work)
#   --work DIR      folder of the toy corpus and its runs, kept (default: a temporary one)
#   --list          the steps with their limits in seconds
# One line of JSON for each step, then a summary, on standard output and in $OUT/check_gpu.jsonl.
# A failed step does not stop the next; exit status 1 when any failed. PYTHON names the interpreter
# (default: python3). docs/training.md says which packages it needs and what the figures mean.
set -uo pipefail

root=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.." && pwd)
python=${PYTHON:-python3}
steps=$root/tools/check_gpu_steps.py
device=cuda only="" work="" list=0
while (($#)); do
  case $1 in
    --device | --only | --work)
      (($# >= 2)) || { echo "error: $1 needs a value, see --help" >&2; exit 2; }
      declare "${1#--}=$2"; shift 2 ;;
    --list) list=1; shift ;;
    --help | -h) sed -n '2,10s/^# \{0,1\}//p' "$0"; exit 0 ;;
    *) echo "error: unknown option $1; known: --device --only --work --list" >&2; exit 2 ;;
  esac
done
[[ $device =~ ^(cpu|cuda(:[0-9]+)?)$ ]] ||
  { echo "error: --device $device: use cuda, cuda:N or cpu" >&2; exit 2; }
command -v "$python" >/dev/null ||
  { echo "error: no Python interpreter $python; name one: PYTHON=/path/to/python3 $0" >&2; exit 2; }

logs=$(mktemp -d)
[[ -n $work ]] || work=$logs/work
trap 'rm -rf "$logs"' EXIT
if [[ -n ${OUT:-} ]]; then
  mkdir -p "$OUT/logs"
  : >"$OUT/check_gpu.jsonl"
fi
# Nothing here asks the network; what finds a file missing shall say so at once.
export PYTHON=$python HF_HUB_OFFLINE=1 PYTHONUNBUFFERED=1 OMP_WAIT_POLICY=passive
# On a CPU this only shows that everything fits together; such a machine may be slow, or shared.
slower=$([[ $device == cpu ]] && echo 3 || echo 1)
deadline=$((520 * slower)) # seconds, of all steps
failed=() names=()

say() {
  echo "$1"
  [[ -z ${OUT:-} ]] || echo "$1" >>"$OUT/check_gpu.jsonl"
}

# step NAME SECONDS NEEDS ARGUMENT...: run a step of check_gpu_steps.py; NEEDS is cuda or any.
step() {
  local name=$1 limit=$(($2 * slower)) needs=$3 started=$SECONDS status line
  shift 3
  [[ -z $only || ,$only, == *",$name,"* ]] || return 0
  names+=("$name")
  if ((list)); then
    printf '%-14s %4d s  %s\n' "$name" "$limit" "$needs"
    return 0
  fi
  if [[ $needs == cuda && $device == cpu ]]; then
    say "{\"name\": \"$name\", \"ok\": null, \"seconds\": 0, \"skipped\": \"needs CUDA\"}"
    return 0
  fi
  ((deadline - SECONDS < limit)) && limit=$((deadline - SECONDS))
  status=124
  if ((limit > 0)); then
    # A process group of its own: what the step started ends with it.
    timeout --kill-after=5 "$limit" "$python" "$steps" "$@" --device "$device" --work "$work" \
      >"$logs/$name.log" 2>&1
    status=$?
  fi
  [[ -z ${OUT:-} || ! -f $logs/$name.log ]] || cp "$logs/$name.log" "$OUT/logs/"
  line=$("$python" "$steps" line --name "$name" --status "$status" --limit "$limit" \
    --seconds $((SECONDS - started)) --log "$logs/$name.log")
  say "$line"
  ((status == 0)) || failed+=("\"$name\"")
}

step environment 40 any environment
step alignment 60 any alignment
step data 90 any data
step train 60 any train
step train_bf16 60 any train --precision bf16
step train_fp16 60 cuda train --precision fp16
step fastspeech2 60 any train --model fastspeech2
step resume 90 any resume
step nccl 40 cuda nccl
step export 90 any export
step loop 120 any loop
step gpu_tests 200 cuda tests

if ((list)); then
  exit 0
fi
if ((${#names[@]} == 0)); then
  echo "error: --only $only names no step; --list shows them" >&2
  exit 2
fi
ok=$( ((${#failed[@]})) && echo false || echo true)
say "{\"name\": \"summary\", \"ok\": $ok, \"seconds\": $SECONDS, \"steps\": ${#names[@]}, \"failed\": [$(
  IFS=,
  echo "${failed[*]-}"
)]}"
((${#failed[@]} == 0))
