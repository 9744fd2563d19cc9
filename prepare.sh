#!/usr/bin/env bash
# From a corpus to features: the data stages of every recipe. ./prepare.sh --help
set -euo pipefail

root=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)
usage="prepare.sh --corpus NAME | --recipe FOLDER [--toy] [--stage N] [--stop-stage M] [options]"
# shellcheck source=tools/stage.sh
source "$root/tools/stage.sh"

declare -A facts=()

data_options() {
  option corpus "" "a folder of egs/; empty without --recipe: ljspeech"
  option recipe "" "instead of --corpus: a folder anywhere with a corpus.toml"
  flag toy "the embedded toy corpus, in the recipe's toy/ folder"
  option dl-dir "" "folder of the corpus or its archive; empty: download/ of the recipe"
  option work "" "folder for data/ and download/; empty: the recipe's own"
  option teacher-voice "" "of a recipe that a teacher reads: another of its voices"
  option teacher-texts "" "file of sentences for the teacher, one a line"
  option teacher-hours "" "stop after so much speech of the teacher"
  option teacher-speed "" "the teacher's rate of speaking, 0.5 to 2"
  option teacher-dir "" "folder with the teacher's files; empty: fetched to ~/.cache/tencha"
  option language "" "zh_en: Mandarin with English words; empty: as corpus.toml says"
  option frontend "" "English: lexicon or espeak; empty: as corpus.toml says"
  option unit "" "phone, syllable, initial_final or bpe; empty: as corpus.toml says"
  option vocab-size "" "number of pieces with --unit bpe"
  option pinyin "" "Mandarin: labelled or predicted"
  option framing "" "blank; with espeak runtime or reference"
  option prosody "" "Mandarin: 1 adds the prosody marks #1 to #4 as tokens"
  option user-lexicon "" "file of lines 'word pronunciation' that stand over the dictionaries"
  option symbols "" "language phones: file of the symbols; empty: those of the corpus's texts"
  option erhua "" "Mandarin: split (hui4 er) or fused (huir4); empty: split"
  option train-models "" "0: rules in the place of models learned from labels"
  option set "" "such as mel.hop_length=200; several between spaces, in one pair of quotes"
  option num-jobs "" "processes; empty: one a processor"
  option executor "" "features: local, dask (a cluster here) or dask://host:port; empty: local"
  option on-reject leave-out "rejected utterances: leave-out or stop"
  option max-rejected 0.01 "stop when more than this share is rejected"
  option model matcha "acoustic model; what it needs decides about the stages align and pitch"
  option aligner "" "textgrid, interval, frames, mas or k2; empty: the first that is there"
  option alignments "" "folder or table of the aligner's times; empty: as corpus.toml says"
  option exp-dir "" "with --aligner mas or k2: folder or checkpoint of the trained voice"
  option textgrids "" "folder: write the durations as TextGrids there, too"
  option f0-method "" "dio or harvest; empty: dio"
  option f0-refinement "" "harmonics, stonemask or none; empty: harmonics"
  option f0-min "" "lowest F0 in Hz that is looked for; empty: 60"
  option f0-max "" "highest F0 in Hz that is looked for; empty: 600"
}

# What the options given mean for each stage.
read_data_options() {
  local item
  [[ -n ${opt[corpus]}${opt[recipe]} ]] || opt[corpus]=ljspeech
  opt_given[corpus]=${opt[corpus]}
  given corpus recipe toy dl-dir work
  common=("${passed[@]}")
  mel=() overrides=()
  read -ra changes <<<"${opt[set]}"
  for item in "${changes[@]}"; do
    if [[ $item == mel.* ]]; then mel+=("$item"); else overrides+=("$item"); fi
  done
  ((${#mel[@]} == 0)) || mel=(--set "${mel[@]}")
  ((${#changes[@]} == 0)) || changes=(--set "${changes[@]}")
  ((${#overrides[@]} == 0)) || overrides=(--set "${overrides[@]}")
  given num-jobs
  jobs=("${passed[@]}")
  given teacher-voice teacher-texts teacher-hours teacher-speed teacher-dir
  teacher=("${passed[@]}")
  given language frontend unit vocab-size pinyin framing prosody erhua user-lexicon symbols train-models
  text=("${passed[@]}")
  given on-reject max-rejected executor
  features=("${passed[@]}")
  given aligner alignments exp-dir textgrids on-reject max-rejected
  align=("${passed[@]}")
  given f0-method f0-refinement f0-min f0-max on-reject max-rejected
  pitch=("${passed[@]}")
  facts=() recipe=""
  if [[ ${opt[list]} == 0 ]]; then
    ask_recipe
    recipe=${facts[folder]}
  fi
}

# ask_recipe OPTIONS...: fills `facts` with what local/show_recipe.py says of recipe and model.
ask_recipe() {
  local key value said
  command -v "$python" >/dev/null || fail "no Python interpreter '$python'; see --python"
  said=$("$python" "$root/local/show_recipe.py" --model "${opt[model]}" "${common[@]}" \
    "${changes[@]}" "$@") || exit 2
  while read -r key value; do facts[$key]=$value; done <<<"$said"
}

# Of the extra stages those run whose output the model takes; asking it takes seconds.
needs_stage() {
  [[ -n ${facts[stages]+asked} ]] || ask_recipe --stages
  [[ " ${facts[stages]} " == *" $1 "* ]]
}

data_stages() {
  # These stages share their work among processes, not threads, so that the same bytes come out
  # of any --num-jobs.
  stage_environment=(OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 MKL_NUM_THREADS=1)
  stage 0 download "fetch the corpus" download.py "${common[@]}" \
    "${jobs[@]}" "${teacher[@]}"
  stage 1 manifests "list recordings and their labels" prepare_manifests.py "${common[@]}" "${jobs[@]}" \
    "${mel[@]}"
  stage 2 tokens "choose the front end, write its token table" prepare_tokens.py "${common[@]}" "${text[@]}"
  stage 3 raw-cuts "join recordings and labels" prepare_raw_cuts.py "${common[@]}" "${mel[@]}"
  stage 4 text "text to tokens" convert_text_to_tokens.py "${common[@]}" "${jobs[@]}"
  stage 5 fbank "features and their validation" compute_fbank.py "${common[@]}" "${jobs[@]}" "${mel[@]}" \
    "${features[@]}"
  stage 6 split "training, validation and test set" split_cuts.py "${common[@]}"
  stage 7 cmvn "mean and deviation of the training set" compute_cmvn.py "${common[@]}"
  extra_stage 8 align "how long each token lasts" align.py "${common[@]}" "${jobs[@]}" "${align[@]}"
  extra_stage 9 pitch "pitch and energy of every frame" pitch.py "${common[@]}" "${jobs[@]}" "${pitch[@]}"
  stage 10 pack "features of each split in one file" pack_features.py "${common[@]}"
  stage_environment=()
}

# run.sh reads the list above and goes on from there.
[[ ${BASH_SOURCE[0]} == "$0" ]] || return 0

data_options
parse_options "$@"
read_data_options
run_stages data_stages
