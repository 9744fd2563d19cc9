"""Parts of tools/bench_train.py: a synthetic corpus, and a clock around the real loop."""
