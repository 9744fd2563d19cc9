#!/usr/bin/env bash
# The whole voice: prepare, train, export, speak, evaluate. Without arguments it sets up .venv and
# makes the embedded English toy voice. ./run.sh --help
set -euo pipefail

root=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)
# shellcheck source=prepare.sh
source "$root/prepare.sh"
usage="run.sh [--corpus NAME] [--model matcha] [--toy] [--stage N] [--stop-stage M] [options]"

data_options
option vocoder "" "HiFi-GAN weights; empty: what stage 11 fetched, for the toy Griffin-Lim"
option num-epochs "" "empty: as conf/<model>.toml says"
option max-duration "" "seconds of speech in a batch"
option steps 2,3,6 "flow steps, one ONNX file each"
option text "" "what to say at the end; empty: a sentence of the recipe"
(($#)) || set -- --toy
parse_options "$@"
[[ -n ${opt[python]} || ${opt[list]} == 1 ]] || "$root/tools/setup.sh"
find_python
[[ -n ${opt_given[corpus]:-} || ${opt[toy]} == 1 ]] ||
  fail "which voice? --corpus ljspeech or --corpus baker_zh; with --toy the embedded toy corpus"
read_data_options

work=${opt[work]:-$recipe}
[[ ${opt[toy]} == 1 ]] && work+=/toy
exp=$work/${opt[model]}/exp
[[ ${opt[toy]} == 1 && ${opt[model]} == matcha ]] && exp=$work/exp
package=$exp/sherpa-onnx
given vocoder
vocoder=("${passed[@]}")
[[ ${opt[toy]} == 0 && -z ${opt[vocoder]} ]] && vocoder=(--vocoder "$work/download/generator_v2")
given num-epochs max-duration
training=("${passed[@]}")

all_stages() {
  data_stages
  if [[ ${opt[toy]} == 0 && -z ${opt[vocoder]} ]]; then
    stage 11 vocoder "fetch the default vocoder" download_vocoder.py "${common[@]}"
  fi
  # Sleeping threads: on a machine that others use as well, waiting ones cost up to ten times.
  stage_environment=(OMP_WAIT_POLICY="${OMP_WAIT_POLICY:-passive}")
  stage 12 train "train ${opt[model]}" train.py "${common[@]}" --model "${opt[model]}" --once 1 \
    "${training[@]}"
  stage_environment=()
  stage 13 export "ONNX files and the sherpa-onnx package" export_onnx.py "${common[@]}" \
    --model "${opt[model]}" --steps "${opt[steps]}" --package "$package" "${vocoder[@]}"
  stage 14 speak "speak a sentence with the ONNX files" speak_onnx.py "${common[@]}" \
    --package "$package" ${opt[text]:+--input-text "${opt[text]}"} --output-wav "$exp/speech.wav"
  stage 15 evaluate "compare with recordings" evaluate.py "${common[@]}" --model "${opt[model]}" \
    "${vocoder[@]}"
}

started=$SECONDS
run_stages all_stages
[[ ${opt[list]} == 1 ]] && exit 0
shorter() {
  echo "${1#"$PWD"/}"
}
echo
echo "$((SECONDS - started)) s in all. What there is now:"
printf '  %-44s %s\n' \
  "$(shorter "$work/data")" "manifests, tokens.txt, features, splits, cmvn.json" \
  "$(shorter "$exp")" "checkpoints, config.toml, log, tensorboard, evaluation" \
  "$(shorter "$exp/speech.wav")" "the sentence spoken at the end" \
  "$(shorter "$package")" "model, vocoder, tokens, lexicon, README for sherpa-onnx"
if [[ ${opt[toy]} == 1 ]]; then
  echo "Next, a real voice; this downloads the corpus into $(shorter "$recipe")/download:"
  echo "  ./run.sh --corpus ${opt[corpus]}"
else
  echo "Watch the training: tensorboard --logdir $(shorter "$exp")/tensorboard"
fi
