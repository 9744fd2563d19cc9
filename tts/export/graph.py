"""Write, check, read and run ONNX files."""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tts.errors import InputError
from tts.export.scan import scan_lists
from tts.files import atomic_path

if TYPE_CHECKING:
    import onnx
    import onnxruntime
    import torch

OPSET = 17  # the first with LayerNormalization
MAX_IR_VERSION = 13  # the newest that sherpa-onnx's runtimes read


def write_graph(
    module: torch.nn.Module,
    example: Sequence[torch.Tensor],
    path: Path | str,
    *,
    inputs: Sequence[str],
    outputs: Sequence[str],
    dynamic: Mapping[str, Mapping[int, str]],
    metadata: Mapping[str, str],
    change: Callable[[onnx.ModelProto], None] | None = None,
) -> None:
    """Write a module as a checked ONNX file, atomically.

    Args:
      module: traced with the tensors of `example`; a scripted one keeps its loops and branches.
      inputs, outputs: names by position.
      dynamic: for each input or output the axes that may change, with their names.
      metadata: strings that the runtime reads.
      change: what is done to the graph before it is checked, such as quantising.
    Raises: InputError when an input does not survive as an input of the graph.
    """
    import torch

    with atomic_path(path) as temporary:
        with warnings.catch_warnings(), torch.no_grad(), _open_lengths():
            # Tracing warns of every shape that Python reads; the parity checks at lengths
            # never traced are what shows whether one was frozen.
            warnings.simplefilter("ignore")
            torch.onnx.export(
                module.eval(),
                tuple(example),
                str(temporary),
                dynamo=False,
                # A scripted module stores what it means to store; the runtime computes the rest.
                do_constant_folding=not isinstance(module, torch.jit.ScriptModule),
                opset_version=OPSET,
                input_names=list(inputs),
                output_names=list(outputs),
                dynamic_axes={name: dict(axes) for name, axes in dynamic.items()},
            )
        _finish(temporary, inputs, metadata, change)


@contextlib.contextmanager
def _open_lengths() -> Iterator[None]:
    """Trace Tensor.unflatten as a reshape.

    The TorchScript exporter's own translation freezes the sizes of the other dimensions.
    """
    import torch

    def unflatten(tensor: torch.Tensor, dim: int, sizes: Sequence[int]) -> torch.Tensor:
        dim %= tensor.dim()
        return tensor.reshape(*tensor.shape[:dim], *sizes, *tensor.shape[dim + 1 :])

    original = torch.Tensor.unflatten
    torch.Tensor.unflatten = unflatten
    try:
        yield
    finally:
        torch.Tensor.unflatten = original


def _finish(
    path: Path,
    inputs: Sequence[str],
    metadata: Mapping[str, str],
    change: Callable[[onnx.ModelProto], None] | None,
) -> None:
    """Put metadata into a graph and check it, its IR version and that every input is used."""
    import onnx

    model = onnx.load(str(path))
    scan_lists(model.graph)
    _share_constants(model.graph)
    if change is not None:
        change(model)
    used = {name for node in model.graph.node for name in node.input}
    given = [tensor.name for tensor in model.graph.input]
    dead = [name for name in inputs if name not in used]
    if dead or given != list(inputs):
        raise InputError(
            f"the graph's inputs are {given} of which {dead or 'none'} stand unused; the runtime "
            f"passes {list(inputs)} by position and each must count"
        )
    model.ir_version = min(model.ir_version, MAX_IR_VERSION)
    del model.metadata_props[:]
    onnx.helper.set_model_props(model, {key: str(value) for key, value in metadata.items()})
    onnx.checker.check_model(model, full_check=True)
    onnx.save(model, str(path))


def _share_constants(graph: onnx.GraphProto) -> None:
    """Keep one of equal constants: the exporter writes one for each use of a module's buffer."""
    first: dict[bytes, str] = {}
    replaced: dict[str, str] = {}
    for node in list(graph.node):
        if node.op_type != "Constant" or not node.attribute[0].HasField("t"):
            continue
        name = node.output[0]
        kept = first.setdefault(node.attribute[0].t.SerializeToString(), name)
        if kept != name:
            replaced[name] = kept
            graph.node.remove(node)
    for inner in graphs_of(graph):
        for node in inner.node:
            for index, name in enumerate(node.input):
                node.input[index] = replaced.get(name, name)


def graphs_of(graph: onnx.GraphProto) -> Iterator[onnx.GraphProto]:
    """Yield a graph and those inside it (bodies of loops and branches)."""
    yield graph
    for node in graph.node:
        for attribute in node.attribute:
            if attribute.HasField("g"):
                yield from graphs_of(attribute.g)


def read_metadata(path: Path | str) -> dict[str, str]:
    """Return the metadata strings of an ONNX file. Raises: InputError for another file."""
    import onnx
    from google.protobuf.message import DecodeError

    try:
        model = onnx.load(str(path), load_external_data=False)
    except DecodeError as error:
        raise InputError(f"{path} is no ONNX file: {error}") from None
    return {prop.key: prop.value for prop in model.metadata_props}


def open_session(
    path: Path | str, num_threads: int = 1, profile: str = "", content: bytes | None = None
) -> onnxruntime.InferenceSession:
    """Open an ONNX file in ONNX Runtime, on the CPU.

    Args: profile, beginning of the name of a file of times, empty for none; content, what to run
    instead of the file's.
    Raises: InputError when the file is missing or unreadable.
    """
    import onnxruntime

    if not Path(path).is_file():
        there = sorted(p.name for p in Path(path).parent.glob("*.onnx"))
        raise InputError(f"{path} does not exist (ONNX files there: {', '.join(there) or 'none'})")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = num_threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    if profile:
        options.enable_profiling = True
        options.profile_file_prefix = profile
    try:
        return onnxruntime.InferenceSession(
            content or str(path), options, providers=["CPUExecutionProvider"]
        )
    except Exception as error:  # onnxruntime's classes are not public
        raise InputError(f"{path} cannot be run by ONNX Runtime: {error}") from None


def run_graph(session: onnxruntime.InferenceSession, *arrays: Any) -> Any:
    """Return the first output for inputs given by position, as the runtime calls a graph."""
    return outputs_of(session, *arrays)[0]


def outputs_of(session: onnxruntime.InferenceSession, *arrays: Any) -> list[Any]:
    """Return all outputs for inputs given by position."""
    names = [tensor.name for tensor in session.get_inputs()]
    return session.run(None, dict(zip(names, arrays, strict=True)))
