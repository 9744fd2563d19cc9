"""The one training loop, for every acoustic model."""
