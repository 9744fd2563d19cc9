"""What the runtime tests share: running a job, and graphs that show which ids arrive."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

ROOT = Path(__file__).resolve().parents[2]
RUNTIMES = ROOT / ".runtimes"
VERSIONS = ("1.13.4", "2.0.1")
SCALE = 8192.0  # ids travel as id / SCALE, exact in float32 and well inside [-1, 1]
END = -0.5  # closes a run of the runtime


def need_runtime(version):
    """The folder of a runtime; skips without it, or fails where CI must have it."""
    folder = RUNTIMES / version
    if not (folder / "sherpa_onnx").is_dir():
        message = f"sherpa-onnx {version} is not in {RUNTIMES}: run tools/install_runtimes.sh"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    return folder


def speak(version, folder, job, worker="worker.py"):
    """Run a job with a runtime in a process of its own; pytest fails with what it printed."""
    job_path, result_path = folder / f"job-{version}.json", folder / f"result-{version}.json"
    job_path.write_text(json.dumps(job, default=str), encoding="utf-8")
    result_path.unlink(missing_ok=True)
    places = [str(need_runtime(version)), str(ROOT), os.environ.get("PYTHONPATH", "")]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, places))}
    done = subprocess.run(
        [sys.executable, Path(__file__).with_name(worker), job_path, result_path],
        env=environment,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=240,
        check=False,
    )
    if done.returncode != 0 or not result_path.is_file():
        tail = "\n".join((done.stdout + done.stderr).splitlines()[-15:])
        pytest.fail(f"sherpa-onnx {version} ended with status {done.returncode}:\n{tail}")
    result = json.loads(result_path.read_text(encoding="utf-8"))
    assert result["version"] == version
    return result["spoken"]


def write_identity(folder, metadata, sample_rate):
    """An acoustic model whose 'mel' is the ids, and a vocoder that hands them on as audio."""
    write_model(folder / "identity.onnx", _identity_acoustic(), metadata)
    write_model(
        folder / "identity_vocoder.onnx",
        _identity_vocoder(),
        {"model_type": "hifigan", "sample_rate": str(sample_rate)},
    )


def write_model(path, graph, metadata):
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    helper.set_model_props(model, metadata)
    onnx.checker.check_model(model, full_check=True)
    onnx.save(model, str(path))


def _identity_acoustic():
    """mel (1, 1, L) = id / SCALE; the other three inputs count with weight zero."""
    inputs = [
        helper.make_tensor_value_info("x", TensorProto.INT64, [1, "L"]),
        helper.make_tensor_value_info("x_length", TensorProto.INT64, [1]),
        helper.make_tensor_value_info("noise_scale", TensorProto.FLOAT, [1]),
        helper.make_tensor_value_info("length_scale", TensorProto.FLOAT, [1]),
    ]
    nodes = [
        helper.make_node("Cast", ["x"], ["ids"], to=TensorProto.FLOAT),
        helper.make_node("Cast", ["x_length"], ["length"], to=TensorProto.FLOAT),
        helper.make_node("Sum", ["length", "noise_scale", "length_scale"], ["others"]),
        helper.make_node("Mul", ["others", "zero"], ["nothing"]),
        helper.make_node("Add", ["ids", "nothing"], ["same_ids"]),
        helper.make_node("Div", ["same_ids", "scale"], ["scaled"]),
        helper.make_node("Unsqueeze", ["scaled", "one"], ["mel"]),
    ]
    constants = [
        helper.make_tensor("zero", TensorProto.FLOAT, [], [0.0]),
        helper.make_tensor("scale", TensorProto.FLOAT, [], [SCALE]),
        helper.make_tensor("one", TensorProto.INT64, [1], [1]),
    ]
    output = helper.make_tensor_value_info("mel", TensorProto.FLOAT, [1, 1, "L"])
    return helper.make_graph(nodes, "identity", inputs, [output], constants)


def _identity_vocoder():
    """audio (1, L + 1): the mel's one bin, then END."""
    nodes = [
        helper.make_node("Squeeze", ["mel", "one"], ["ids"]),
        helper.make_node("Concat", ["ids", "end"], ["audio"], axis=1),
    ]
    constants = [
        helper.make_tensor("one", TensorProto.INT64, [1], [1]),
        helper.make_tensor("end", TensorProto.FLOAT, [1, 1], [END]),
    ]
    mel = helper.make_tensor_value_info("mel", TensorProto.FLOAT, [1, 1, "L"])
    audio = helper.make_tensor_value_info("audio", TensorProto.FLOAT, [1, "S"])
    return helper.make_graph(nodes, "identity_vocoder", [mel], [audio], constants)


def arrived(samples):
    """The ids that the identity graphs sent back, one list for each run of the runtime."""
    runs, current = [], []
    for sample in np.asarray(samples):
        if sample == END:
            runs.append(current)
            current = []
        else:
            token = float(sample) * SCALE
            assert token == round(token), f"{sample} is no id: the runtime changed the audio"
            current.append(round(token))
    assert not current, "the runtime cut the audio"
    return runs
