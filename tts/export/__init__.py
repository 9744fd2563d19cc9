"""ONNX graphs, their metadata and checks, and packages for the sherpa-onnx runtime."""
