"""Write the products of an ONNX graph with weights in 8 bit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from tts.export.graph import graphs_of

if TYPE_CHECKING:
    import onnx

# A smaller matrix gains nothing: its input would be quantised for it.
SMALLEST = 4096
# Largest weight: processors with AVX2 alone add two products of uint8 and int8 in 16 bits, which
# 127 would overflow (2 * 255 * 64 fits).
LARGEST = 64
# Operators that move values and change none: quantising commutes with them.
MOVING = ("Concat", "Pad", "Reshape", "Slice", "Transpose")


def quantise(model: onnx.ModelProto, keep: Sequence[str] = ()) -> None:
    """Replace products by constant matrices with products of 8-bit integers, in place; store other
    large constants in 16 bits.

    Weights become int8 of 7 bits (see LARGEST), symmetric, with a scale for each column, once for
    each matrix, however many products share it. Inputs become uint8 in the graph, by their range in
    each utterance, before rows are copied into the windows of a convolution. Products come back as
    float32. All operators are ONNX's own; ONNX Runtime fuses them as it loads the file.

    Args: keep, beginnings of the names of matrices that stay float32.
    """
    weights = {tensor.name: tensor for tensor in model.graph.initializer}
    matrices = Matrices(weights, tuple(keep))
    for graph in graphs_of(model.graph):
        _quantise_graph(graph, matrices)
    used = {name for graph in graphs_of(model.graph) for node in graph.node for name in node.input}
    kept = [tensor for tensor in model.graph.initializer if tensor.name in used]
    del model.graph.initializer[:]
    model.graph.initializer.extend([*kept, *matrices.made])
    _store_halves(model.graph, tuple(keep))


def _store_halves(graph: onnx.GraphProto, keep: tuple[str, ...]) -> None:
    """Store large float32 constants in 16 bits; a Cast turns them back as the file is loaded."""
    import onnx

    for node in [node for node in graph.node if node.op_type == "Constant"]:
        tensor = node.attribute[0].t
        if int(np.prod(tensor.dims)) >= SMALLEST:
            tensor.name = node.output[0]
            graph.initializer.append(tensor)
            graph.node.remove(node)
    casts = []
    for tensor in graph.initializer:
        name, large = tensor.name, int(np.prod(tensor.dims)) >= SMALLEST
        if tensor.data_type != onnx.TensorProto.FLOAT or not large or name.startswith(keep):
            continue
        values = onnx.numpy_helper.to_array(tensor)
        if np.abs(values).max() <= np.finfo(np.float16).max:
            tensor.CopyFrom(onnx.numpy_helper.from_array(values.astype(np.float16), f"{name}_half"))
            to_float = {"to": onnx.TensorProto.FLOAT}
            casts.append(onnx.helper.make_node("Cast", [tensor.name], [name], **to_float))
    nodes = [*casts, *graph.node]
    del graph.node[:]
    graph.node.extend(nodes)


class Matrices:
    """Hold the constant matrices of a model and the initialisers that replace them."""

    def __init__(self, weights: dict[str, onnx.TensorProto], keep: tuple[str, ...]):
        self.weights, self.keep = weights, keep
        self.made: list[onnx.TensorProto] = []
        self.names: dict[str, tuple[str, str]] = {}

    def wants(self, node: onnx.NodeProto) -> bool:
        """Tell whether a node multiplies by a matrix that is worth 8 bits."""
        weight = self.weights.get(node.input[1]) if node.op_type == "MatMul" else None
        return (
            weight is not None
            and len(weight.dims) == 2
            and int(np.prod(weight.dims)) >= SMALLEST
            and not weight.name.startswith(self.keep)
        )

    def quantised(self, name: str) -> tuple[str, str]:
        """Return the names of a matrix's int8 values (I, O) and of its scales (O,)."""
        import onnx

        if name not in self.names:
            weight_IO = onnx.numpy_helper.to_array(self.weights[name])
            largest_O = np.abs(weight_IO).max(axis=0)
            scale_O = np.where(largest_O > 0, largest_O / LARGEST, 1).astype(np.float32)
            values_IO = np.round(weight_IO / scale_O).astype(np.int8)
            self.names[name] = f"{name}_int8", f"{name}_scale"
            for made, array in zip(self.names[name], (values_IO, scale_O), strict=True):
                self.made.append(onnx.numpy_helper.from_array(array, made))
        return self.names[name]


def _quantise_graph(graph: onnx.GraphProto, matrices: Matrices) -> None:
    import onnx

    inputs = Inputs({name: node for node in graph.node for name in node.output})
    for node in list(graph.node):
        if matrices.wants(node):
            values, scale = matrices.quantised(node.input[1])
            given, given_scale, zero = inputs.quantised(node.input[0])
            out = node.output[0]
            inputs.add("MatMulInteger", [given, values, zero], [f"{out}_int32"])
            inputs.add("Cast", [f"{out}_int32"], [f"{out}_float"], to=onnx.TensorProto.FLOAT)
            inputs.add("Mul", [given_scale, scale], [f"{out}_scale"])
            inputs.add("Mul", [f"{out}_float", f"{out}_scale"], [out])
        else:
            inputs.nodes.append(node)
    nodes = _live(inputs.nodes, {tensor.name for tensor in graph.output})
    del graph.node[:]
    graph.node.extend(nodes)


class Inputs:
    """Hold the nodes of a new graph, and which of its tensors are there as uint8."""

    def __init__(self, makers: dict[str, onnx.NodeProto]):
        self.makers = makers
        self.nodes: list[onnx.NodeProto] = []
        self.known: dict[str, tuple[str, str, str]] = {}

    def add(self, operator: str, inputs: list[str], outputs: list[str], **attributes: Any) -> None:
        import onnx

        name = f"{outputs[0]}/{operator}"
        self.nodes.append(onnx.helper.make_node(operator, inputs, outputs, name, **attributes))

    def source(self, name: str) -> str:
        """Find the tensor of which `name` is a copy with its values moved; else itself."""
        maker = self.makers.get(name)
        if maker is None or maker.op_type not in MOVING:
            return name
        moved = maker.input if maker.op_type == "Concat" else maker.input[:1]
        sources = {self.source(part) for part in moved}
        return sources.pop() if len(sources) == 1 else name

    def quantised(self, name: str) -> tuple[str, str, str]:
        """Return the names of a tensor's uint8 values, of their scale and of the value of zero."""
        if name in self.known:
            return self.known[name]
        values, scale, zero = (f"{name}_{part}" for part in ("uint8", "scale", "zero"))
        if self.source(name) == name:
            self.add("DynamicQuantizeLinear", [name], [values, scale, zero])
        else:
            maker = self.makers[name]
            count = len(maker.input) if maker.op_type == "Concat" else 1
            parts = [self.quantised(part) for part in maker.input[:count]]
            _, scale, zero = parts[0]
            others = list(maker.input[count:])
            if maker.op_type == "Pad":
                others = [others[0], zero, *others[2:]]
            attributes = {item.name: _value(item) for item in maker.attribute}
            self.add(maker.op_type, [p[0] for p in parts] + others, [values], **attributes)
        self.known[name] = values, scale, zero
        return self.known[name]


def _value(attribute: onnx.AttributeProto) -> Any:
    import onnx

    return onnx.helper.get_attribute_value(attribute)


def _live(nodes: list[onnx.NodeProto], wanted: set[str]) -> list[onnx.NodeProto]:
    """Return the nodes that something reads, those in loops counted."""
    kept = []
    for node in reversed(nodes):
        if wanted & set(node.output):
            kept.append(node)
            wanted |= set(node.input)
            for attribute in node.attribute:
                if attribute.HasField("g"):
                    for graph in graphs_of(attribute.g):
                        wanted |= {name for inner in graph.node for name in inner.input}
                        wanted |= {tensor.name for tensor in graph.output}
    return kept[::-1]
