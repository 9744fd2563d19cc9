"""Align with k2: a linear graph of the tokens intersected with the frames' scores."""

from __future__ import annotations

import torch
from torch import Tensor

from tts.errors import InputError

# Paths so much worse than the best one are left out; the best one never is.
BEAM = 10.0


def durations_by_k2(log_p_BLT: Tensor, token_lens: Tensor, frame_lens: Tensor) -> Tensor:
    """Search as `tts.align.mas.maximum_path` does; of paths with equal sums any may be found.

    The graph of L tokens has L + 1 states: token n leads from state n - 1 to n and stays in n
    as long as it lasts, so that each token has at least one frame.
    Raises: InputError where k2 is not installed; ValueError for fewer frames than tokens.
    """
    try:
        import k2
    except ImportError as error:
        raise InputError(
            f"k2 cannot be imported ({error}): install the one made for your Python and "
            "torch, or take --aligner mas, which finds the same path"
        ) from None
    if bool((frame_lens.cpu() < token_lens.cpu()).any()):
        raise ValueError("a monotonic path needs one frame for each token")
    device = log_p_BLT.device
    order = torch.argsort(frame_lens.cpu(), descending=True)  # k2 wants the longest first
    lens = [int(token_lens[row]) for row in order]
    graphs = k2.create_fsa_vec([_linear_graph(k2, count) for count in lens]).to(device)
    # Label 0 is k2's epsilon; no arc of the graph carries it.
    scores_BTL = torch.nn.functional.pad(log_p_BLT.detach().float().transpose(1, 2), (1, 0))
    segments = torch.stack([order, torch.zeros_like(order), frame_lens.cpu()[order]], dim=1)
    frames = k2.DenseFsaVec(scores_BTL.contiguous(), segments.to(torch.int32))
    lattice = k2.intersect_dense(graphs, frames, BEAM)
    best = k2.shortest_path(lattice, use_double_scores=True)
    durations_BL = torch.zeros(log_p_BLT.shape[:2], dtype=torch.int64, device=device)
    for index, row in enumerate(order.tolist()):
        labels = best[index].labels
        tokens = labels[labels > 0].to(torch.int64) - 1
        durations_BL[row] = torch.bincount(tokens, minlength=log_p_BLT.shape[1])
    return durations_BL


def _linear_graph(k2, num_tokens: int):
    """Build the graph: states 0 to num_tokens and a final one; labels from 1 on."""
    arcs = []
    for token in range(1, num_tokens + 1):
        arcs.append([token - 1, token, token, 0])
        arcs.append([token, token, token, 0])
    arcs.append([num_tokens, num_tokens + 1, -1, 0])
    arcs.sort(key=lambda arc: arc[:2])
    text = "\n".join(" ".join(map(str, arc)) for arc in arcs)
    return k2.arc_sort(k2.Fsa.from_str(f"{text}\n{num_tokens + 1}"))
