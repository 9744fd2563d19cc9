"""Frame features of speech: the one mel definition, its statistics, extraction to disk."""
