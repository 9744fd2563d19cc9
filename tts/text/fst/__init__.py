"""Rules for the runtimes: weighted transducers over text."""
