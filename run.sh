#!/usr/bin/env bash
# The whole voice: prepare, train, export, speak, evaluate. Without arguments it sets up .venv and
# makes the embedded English toy voice; with --demo it speaks with the voice of the repository.
# ./run.sh --help
set -euo pipefail

root=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)
# shellcheck source=prepare.sh
source "$root/prepare.sh"
usage="run.sh [--corpus NAME | --recipe FOLDER | --demo] [--model matcha] [--toy] [--stage N] [--stop-stage M] [options]"

data_options
option vocoder "" "vocos, harmonic, hifigan or waveglow: train one; or weights, a run's folder, .onnx; empty: what corpus.toml names, else or for the toy Griffin-Lim"
option vocoder-preset "" "of the vocoder that is trained: conf/<vocoder>-PRESET.toml"
option vocoder-steps "" "steps of its training; empty: as conf/<vocoder>.toml says"
option predicted-share "" "share of its segments whose mel the acoustic model makes; empty: none"
option preset "" "of the acoustic model: conf/<model>-PRESET.toml, such as small"
option num-epochs "" "empty: as conf/<model>.toml says"
option max-steps "" "end the acoustic training after so many steps; empty: as conf/<model>.toml says"
option max-duration "" "seconds of speech in a batch"
option steps 2,3,6 "flow steps, one ONNX file each"
option text "" "what to say at the end; empty: a sentence of the recipe"
flag demo "train nothing: the voice of egs/kokoro_en/TTS/pretrained says --text into demo.wav"
(($#)) || set -- --toy
parse_options "$@"
if [[ ${opt[demo]} == 1 ]]; then
  [[ -z ${opt[corpus]}${opt[recipe]} && ${opt[toy]} == 0 ]] ||
    fail "--demo speaks with the voice of the repository: leave --corpus, --recipe and --toy out"
  opt[corpus]=kokoro_en
fi
[[ -n ${opt[corpus]}${opt[recipe]} || ${opt[toy]} == 1 ]] ||
  fail "which voice? --corpus NAME (there are: $(cd "$root/egs" && echo *)) or --recipe FOLDER; with" \
    "--toy the embedded toy corpus"
# Before an environment is made, which takes minutes.
[[ -z ${opt[recipe]} || -f ${opt[recipe]} || -f ${opt[recipe]}/corpus.toml ]] ||
  fail "--recipe ${opt[recipe]}: no corpus.toml there; tools/new_recipe.py writes one"
[[ -z ${opt[corpus]} || -d $root/egs/${opt[corpus]} ]] ||
  fail "--corpus ${opt[corpus]}: no such folder below $root/egs (there are: $(cd "$root/egs" && echo *))"
[[ -n ${opt[python]} || ${opt[list]} == 1 ]] || "$root/tools/setup.sh"
find_python
if [[ ${opt[demo]} == 1 ]]; then
  exec "$python" "$root/local/speak_onnx.py" --corpus kokoro_en --output-wav demo.wav \
    --package "$root/egs/kokoro_en/TTS/pretrained/voice" ${opt[text]:+--input-text "${opt[text]}"}
fi
read_data_options

work=${facts[work]:-} exp=${facts[exp]:-}
package=$exp/sherpa-onnx
fetched="" trained=""
[[ ${opt[toy]} == 1 || -n ${opt[vocoder]} ]] || fetched=${facts[vocoder]:-}
[[ ${opt[vocoder]} =~ ^(vocos|harmonic|hifigan|waveglow)$ ]] && trained=${opt[vocoder]}
vocoder=()
[[ -z ${opt[vocoder]}$fetched ]] || vocoder=(--vocoder "${opt[vocoder]:-$fetched}")
[[ -z $trained ]] || vocoder=(--vocoder "$work/$trained/exp")
given preset num-epochs max-steps max-duration
training=("${overrides[@]}" "${passed[@]}")
given predicted-share
vocoder_training=("${passed[@]}")
[[ -z ${opt[vocoder-preset]} ]] || vocoder_training+=(--preset "${opt[vocoder-preset]}")
[[ -z ${opt[vocoder-steps]} ]] || vocoder_training+=(--max-steps "${opt[vocoder-steps]}")

all_stages() {
  data_stages
  if ((${#vocoder[@]})) && [[ -z $trained ]] || [[ ${opt[list]} == 1 ]]; then
    stage 11 vocoder "fetch the vocoder of corpus.toml, see that it takes this mel" \
      check_vocoder.py "${common[@]}" ${opt[vocoder]:+--vocoder "${opt[vocoder]}"}
  fi
  # Sleeping threads: on a machine that others use as well, waiting ones cost up to ten times.
  stage_environment=(OMP_WAIT_POLICY="${OMP_WAIT_POLICY:-passive}")
  stage 12 train "train ${opt[model]}" train.py "${common[@]}" --model "${opt[model]}" --once 1 \
    "${training[@]}"
  if [[ -n $trained || ${opt[list]} == 1 ]]; then
    stage 16 pack-audio "recordings of each split in one file" pack_audio.py "${common[@]}"
    if [[ -n ${opt[predicted-share]} || ${opt[list]} == 1 ]]; then
      stage 17 predicted-mels "mels of the recordings by the trained model" predict_mels.py \
        "${common[@]}" --model "${opt[model]}"
    fi
    stage 18 train-vocoder "train a vocoder" train_vocoder.py "${common[@]}" \
      --model "${trained:-vocos}" --once 1 "${vocoder_training[@]}"
  fi
  stage 13 export "ONNX files and the sherpa-onnx package" export_onnx.py "${common[@]}" \
    --model "${opt[model]}" --steps "${opt[steps]}" --package "$package" "${vocoder[@]}"
  stage 14 speak "speak a sentence with the ONNX files" speak_onnx.py "${common[@]}" \
    --package "$package" ${opt[text]:+--input-text "${opt[text]}"} --output-wav "$exp/speech.wav"
  stage 15 evaluate "compare with recordings" evaluate.py "${common[@]}" --model "${opt[model]}" \
    "${vocoder[@]}"
}

started=$SECONDS
# A vocoder that is given is checked before anything long, against the mel that will be made.
if [[ -n ${opt[vocoder]} && -z $trained && ${opt[list]} == 0 ]]; then
  stated=0
  [[ -n ${opt[stage]} && ${#mel[@]} == 0 ]] || stated=1
  "$python" "$root/local/check_vocoder.py" "${common[@]}" "${vocoder[@]}" --stated "$stated" \
    "${mel[@]}" || exit
fi
run_stages all_stages
[[ ${opt[list]} == 1 ]] && exit 0
shorter() {
  echo "${1#"$PWD"/}"
}
echo
echo "$((SECONDS - started)) s in all. What there is now:"
there() { # PATH "what it is": a line if it exists
  [[ ! -e $1 ]] || printf '  %-44s %s\n' "$(shorter "$1")" "$2"
}
there "$work/data" "manifests, tokens.txt, features, splits, cmvn.json"
there "$exp" "checkpoints, config.toml, log, tensorboard, evaluation"
there "$exp/speech.wav" "the sentence spoken at the end"
there "$package" "model, vocoder, tokens, lexicon, README for sherpa-onnx"
if [[ ${opt[toy]} == 1 ]]; then
  echo "Next, a real voice; this downloads the corpus into $(shorter "$recipe")/download:"
  given corpus recipe
  echo "  $0$(printf ' %q' "${passed[@]}")"
else
  echo "Watch the training: tensorboard --logdir $(shorter "$exp")/tensorboard"
fi
