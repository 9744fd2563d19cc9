# Stages and options of the root scripts; sourced, never run.
#
#   option NAME DEFAULT "help"   declares --NAME VALUE; its value is ${opt[NAME]}
#   flag NAME "help"             declares --NAME (0 or 1)
#   parse_options "$@"           reads the command line; handles --help
#   stage N NAME "description" SCRIPT ARGUMENT...   inside a function given to run_stages
#   extra_stage ...              the same; runs where the function needs_stage NAME says yes, or
#                                when --stage or --stop-stage is an extra stage
#   run_stages FUNCTION          runs what --stage and --stop-stage select, or lists it
#
# Needs: root (the repository), recipe (the corpus's folder; may be empty), usage (one line).
# shellcheck shell=bash

: "${root:?tools/stage.sh needs root}" "${usage:?tools/stage.sh needs usage}" "${recipe=}"

declare -A opt=() opt_help=() opt_kind=() opt_given=()
opt_order=()
# Variables that the next stages see.
stage_environment=()

option() {
  opt[$1]=$2 opt_help[$1]=$3 opt_kind[$1]=value
  opt_order+=("$1")
}

flag() {
  opt[$1]=0 opt_help[$1]=$2 opt_kind[$1]=flag
  opt_order+=("$1")
}

fail() {
  echo "error: $*" >&2
  exit 2
}

show_help() {
  local name shown
  echo "usage: $usage"
  echo
  for name in "${opt_order[@]}"; do
    shown="--$name"
    [[ ${opt_kind[$name]} == value ]] && shown+=" VALUE"
    printf '  %-24s %s%s\n' "$shown" "${opt_help[$name]}" "${opt[$name]:+ (default: ${opt[$name]})}"
  done
}

parse_options() {
  local name value
  option stage "" "first stage, by number or name"
  option stop-stage "" "last stage, by number or name"
  option python "${PYTHON:-}" "Python interpreter; empty: .venv/bin/python, else python3"
  flag list "list the stages and stop"
  flag help "this text"
  while (($#)); do
    [[ $1 == -h ]] && set -- --help "${@:2}"
    [[ $1 == --* ]] || fail "unexpected argument '$1'; options begin with --, see --help"
    name=${1#--}
    if [[ $name == *=* ]]; then
      value=${name#*=} name=${name%%=*}
      shift
      set -- "--$name" "$value" "$@"
    fi
    name=${name//_/-}
    [[ -n $name && -n ${opt_kind[$name]:-} ]] || fail "unknown option --$name; known: ${opt_order[*]/#/--}"
    opt_given[$name]=1
    if [[ ${opt_kind[$name]} == value ]]; then
      (($# >= 2)) || fail "--$name needs a value: ${opt_help[$name]}"
      opt[$name]=$2
      shift 2
    elif [[ ${2:-} =~ ^(0|1|true|false)$ ]]; then
      [[ $2 == 1 || $2 == true ]] && opt[$name]=1 || opt[$name]=0
      shift 2
    else
      opt[$name]=1
      shift
    fi
  done
  if [[ ${opt[help]} == 1 ]]; then
    show_help
    exit 0
  fi
  find_python
  export PYTHONPATH=$root${PYTHONPATH:+:$PYTHONPATH} PYTHONUNBUFFERED=1
}

find_python() {
  local venv=${VENV:-$root/.venv}
  python=${opt[python]}
  if [[ -z $python ]]; then
    python=python3
    [[ -x $venv/bin/python ]] && python=$venv/bin/python
  fi
  return 0
}

# given NAME...: fills the array `passed` with the options that the user gave.
given() {
  local name
  passed=()
  for name in "$@"; do
    [[ -n ${opt_given[$name]:-} ]] && passed+=("--$name" "${opt[$name]}")
  done
  return 0
}

# find_script NAME: the recipe's own script, else the shared one; a path is taken as it is.
find_script() {
  local candidate
  for candidate in "${recipe:+$recipe/local/$1}" "$root/local/$1" "$root/$1"; do
    if [[ -n $candidate && -f $candidate ]]; then
      echo "$candidate"
      return
    fi
  done
  fail "no script $1 in ${recipe:+$recipe/local, }$root/local"
}

stage() {
  local number=$1 name=$2 description=$3 script start
  if [[ $stage_mode == names ]]; then
    stage_numbers[$name]=$number
    stage_known+=("$number $name")
    [[ ${opt[list]} == 1 ]] && printf '%3s  %-12s %s\n' "$number" "$name" "$description"
    return 0
  fi
  ((number >= stage_first && number <= stage_last)) || return 0
  script=$(find_script "$4") || exit 2
  echo
  echo "[$number $name] $description: ${script#"$root"/}"
  start=$(date +%s.%N)
  env "${stage_environment[@]}" "$python" "$script" "${@:5}" || {
    local status=$?
    echo "[$number $name] failed with status $status" >&2
    exit "$status"
  }
  stage_times+=("$(printf '%3s  %-12s %8.1f s' "$number" "$name" \
    "$(echo "$(date +%s.%N) $start" | awk '{ print $1 - $2 }')")")
  echo "[$number $name]${stage_times[-1]#*"$name"}"
}

extra_stage() {
  if [[ $stage_mode == names ]]; then
    extra_numbers+=" $1 "
  elif (($1 < stage_first || $1 > stage_last)); then
    return 0
  elif [[ $extra_numbers != *" $stage_first "* && $extra_numbers != *" $stage_last "* ]]; then
    needs_stage "$2" || return 0
  fi
  stage "$@"
}

# stage_number VALUE DEFAULT: the number of a stage given by number or name.
stage_number() {
  local value=${1:-$2}
  if [[ $value =~ ^-?[0-9]+$ ]]; then
    echo "$value"
  elif [[ -n ${stage_numbers[$value]:-} ]]; then
    echo "${stage_numbers[$value]}"
  else
    fail "no stage '$value'; known: $(printf '%s, ' "${stage_known[@]}" | sed 's/, $//')"
  fi
}

run_stages() {
  local -A stage_numbers=()
  local stage_known=() stage_times=() stage_mode=names stage_first stage_last extra_numbers=""
  "$1"
  [[ ${opt[list]} == 1 ]] && return 0
  stage_first=$(stage_number "${opt[stage]}" 0) || exit 2
  stage_last=$(stage_number "${opt[stop-stage]}" 1000000) || exit 2
  ((stage_first <= stage_last)) ||
    fail "--stage ${opt[stage]} comes after --stop-stage ${opt[stop-stage]}: nothing to run"
  command -v "$python" >/dev/null || fail "no Python interpreter '$python'; see --python"
  stage_mode=run
  "$1"
  ((${#stage_times[@]})) || fail "no stage lies between $stage_first and $stage_last; see --list"
  echo
  echo "seconds per stage:"
  printf '%s\n' "${stage_times[@]}"
}
