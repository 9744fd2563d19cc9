"""From text to sound: PyTorch and ONNX Runtime, without the training stack."""
