"""Let loops of ONNX graphs hand out what they make in each turn, in the place of growing lists."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import onnx


def scan_lists(graph: onnx.GraphProto) -> None:
    """Turn lists that a loop appends to, and that are stacked behind it, into scan outputs.

    The TorchScript exporter writes `list.append` as an insertion into a sequence that goes from
    turn to turn and may be copied in each. The runtime itself stacks a loop's scan outputs.
    """
    for loop in [node for node in graph.node if node.op_type == "Loop"]:
        # Inputs: trip count, condition, what is carried. The body's: turn, condition, carried.
        for place in reversed(range(2, len(loop.input))):
            _scan(graph, loop, place)


def _scan(graph: onnx.GraphProto, loop: onnx.NodeProto, place: int) -> None:
    """Turn what a loop carries at `place` into a scan output if it is such a list."""
    import onnx

    body = loop.attribute[0].g
    carried, grown, whole = body.input[place], body.output[place - 1], loop.output[place - 2]
    starts = [node for node in graph.node if loop.input[place] in node.output]
    insertions = [node for node in body.node if grown.name in node.output]
    stacks = [node for node in graph.node if whole in node.input]
    kinds = [node.op_type for node in (*starts, *insertions, *stacks)]
    if kinds != ["SequenceEmpty", "SequenceInsert", "ConcatFromSequence"]:
        return
    if {a.name: a.i for a in stacks[0].attribute} != {"axis": 0, "new_axis": 1}:
        return
    element = carried.type.sequence_type.elem_type.tensor_type.elem_type
    scanned = onnx.helper.make_tensor_value_info(insertions[0].input[1], element, None)
    del loop.input[place], body.input[place], body.output[place - 1], loop.output[place - 2]
    body.output.append(scanned)
    loop.output.append(stacks[0].output[0])
    for owner, node in ((body, insertions[0]), (graph, starts[0]), (graph, stacks[0])):
        owner.node.remove(node)
