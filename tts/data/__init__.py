"""Prepare a corpus: download, readers, manifests, validation, splits; read it for training."""
