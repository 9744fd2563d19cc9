"""English: from written text to phones of ARPAbet or IPA."""
