"""Give exported ONNX files their noise from outside, so that each sentence has its own seed."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tts.export.graph import open_session

if TYPE_CHECKING:
    import numpy as np
    import onnx

NOISE = "seeded_noise"
# Over two minutes of 80 mel bins; in a longer sentence the noise repeats.
NUM_NOISE = 2**20


@functools.lru_cache(maxsize=4)
def noise_of(seed: int) -> np.ndarray:
    """Return NUM_NOISE normal numbers of a seed, float32."""
    import numpy as np

    return np.random.default_rng(seed).standard_normal(NUM_NOISE, dtype=np.float32)


def open_seeded(path: Path | str, num_threads: int) -> Any:
    """Open a session in which a graph's noise is a further input, NOISE, the last one.

    ONNX's RandomNormalLike has one seed for the life of a session: what it gives depends on all
    that was said before. The file stays as it is. A graph without noise gets no such input.
    """
    import onnx

    if Path(path).is_file():
        try:
            model = onnx.load(str(path))
        except Exception:  # the class is protobuf's; open_session says what is wrong
            return open_session(path, num_threads)
        if noise_as_input(model.graph):
            return open_session(path, num_threads, content=model.SerializeToString())
    return open_session(path, num_threads)


def noise_as_input(graph: onnx.GraphProto) -> bool:
    """Replace the RandomNormalLike of a graph by values of an input NOISE (N,).

    As many are taken as the tensor has, in its order; after the last one from the first again.

    Returns: whether the graph has the input now. One with no such node, several, or a mean or
    scale of its own is left alone.
    """
    from onnx import TensorProto, helper

    found = [index for index, node in enumerate(graph.node) if node.op_type == "RandomNormalLike"]
    if len(found) != 1:
        return False
    node = graph.node[found[0]]
    given = {attribute.name: attribute.f for attribute in node.attribute}
    if given.get("mean", 0.0) != 0.0 or given.get("scale", 1.0) != 1.0:
        return False
    shape, size, places, period, flat = (
        f"{NOISE}/{name}" for name in ("shape", "size", "places", "period", "flat")
    )
    positions, zero, one = (f"{NOISE}/{name}" for name in ("positions", "zero", "one"))
    nodes = [
        helper.make_node("Shape", [node.input[0]], [shape]),
        helper.make_node("Size", [node.input[0]], [size]),
        helper.make_node("Range", [zero, size, one], [positions]),
        helper.make_node("Size", [NOISE], [period]),
        helper.make_node("Mod", [positions, period], [places]),
        helper.make_node("Gather", [NOISE, places], [flat]),
        helper.make_node("Reshape", [flat, shape], [node.output[0]]),
    ]
    graph.input.append(helper.make_tensor_value_info(NOISE, TensorProto.FLOAT, ["num_noise"]))
    for name, value in ((zero, 0), (one, 1)):
        graph.initializer.append(helper.make_tensor(name, TensorProto.INT64, [], [value]))
    nodes = [*graph.node[: found[0]], *nodes, *graph.node[found[0] + 1 :]]
    del graph.node[:]
    graph.node.extend(nodes)
    return True
