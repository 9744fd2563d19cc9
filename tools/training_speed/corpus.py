"""Prepared data of LJSpeech's shape, with random contents."""

from __future__ import annotations

from pathlib import Path

# Frames (22,050 Hz, hop 256) of LJSpeech's 13,100 utterances at every 2.5 % from the shortest to
# the longest: the ends (xmax) of the forced alignments of ming024/FastSpeech2, in frames, sorted.
FRAMES = (
    96, 185, 231, 266, 295, 320, 346, 370, 390, 409, 430, 447, 464, 479, 496, 512, 527, 540, 554,
    569, 583, 598, 613, 626, 640, 654, 668, 681, 695, 710, 723, 737, 750, 764, 778, 793, 809, 823,
    838, 855, 870,
)  # fmt: skip
# Token ids a frame at these percentiles of the same utterances. Ids: phones of the alignment,
# spaces and punctuation of metadata.csv (both public domain), with a blank around each.
PERCENT = (1, 5, 10, 25, 50, 75, 90, 95, 99)
IDS_A_FRAME = (0.208, 0.243, 0.258, 0.28, 0.302, 0.324, 0.343, 0.356, 0.38)
WHOLE = 13100


def lengths(count: int, seed: int = 0) -> list[tuple[int, int]]:
    """(frames, tokens without blanks) of `count` utterances, in random order."""
    import numpy as np

    random = np.random.RandomState(seed)
    at = (np.arange(count) + 0.5) / count * (len(FRAMES) - 1)
    frames = np.interp(at, np.arange(len(FRAMES)), FRAMES).round().astype(int)
    share = np.interp(random.uniform(0, 100, count), PERCENT, IDS_A_FRAME)
    tokens = np.maximum(1, (frames * share - 1) / 2).round().astype(int)
    order = random.permutation(count)
    return [(int(frames[i]), int(tokens[i])) for i in order]


def write_corpus(work: Path, count: int, num_valid: int = 8) -> Path:
    """Write data/ as prepare leaves it into `work`; returns the folder of the manifests."""
    import numpy as np

    from tts.config import to_dict, write_toml
    from tts.files import write_json, write_jsonl, write_text
    from tts.mel import MelConfig
    from tts.text.spoken import FrontEndConfig

    fbank = work / "data" / "fbank"
    if (fbank / f"bench_cuts_train.{count}.done").is_file():
        return fbank
    mel, symbols = MelConfig(), [chr(ord("a") + i % 26) + str(i) for i in range(150)]
    write_text(work / "data" / "tokens.txt", "_ 0\n" + "".join(
        f"{symbol} {number}\n" for number, symbol in enumerate(symbols, 1)
    ))  # fmt: skip
    write_toml(work / "data" / "mel.toml", to_dict(mel))
    write_toml(work / "data" / "frontend.toml", to_dict(FrontEndConfig()))
    write_json(fbank / "cmvn.json", {"fbank_mean": -5.5, "fbank_std": 2.0})
    (fbank / "feats").mkdir(parents=True, exist_ok=True)
    random = np.random.RandomState(0)
    noise = (random.standard_normal((2 * FRAMES[-1], mel.n_mels)) * 2 - 5.5).astype(np.float16)
    for split, size in (("train", count), ("valid", num_valid)):
        cuts = []
        for number, (num_frames, num_tokens) in enumerate(lengths(size)):
            name = f"{split}{number:05d}"
            start = random.randint(0, len(noise) - num_frames)
            np.save(fbank / "feats" / f"{name}.npy", noise[start : start + num_frames])
            features = {
                "num_frames": num_frames,
                "storage_path": "data/fbank/feats",
                "storage_key": f"{name}.npy",
            }
            tokens = [symbols[i] for i in random.randint(0, len(symbols), num_tokens)]
            cuts.append({"id": name, "features": features, "custom": {"tokens": tokens}})
        write_jsonl(fbank / f"bench_cuts_{split}.jsonl.gz", cuts)
    write_text(fbank / f"bench_cuts_train.{count}.done", "")
    return fbank
