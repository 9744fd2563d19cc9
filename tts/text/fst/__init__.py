"""Write rules for the runtimes: weighted transducers over text."""
