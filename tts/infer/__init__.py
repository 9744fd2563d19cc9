"""Turn text into samples with PyTorch, ONNX Runtime or sherpa-onnx; no training code is needed."""
