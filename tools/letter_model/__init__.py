"""Train the letter-to-sound model of English: alignment, n-grams, one packed file."""
