"""Hold the parts of tools/check_gpu.sh: what is asked of the device, and what is run on it."""
