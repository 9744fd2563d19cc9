"""Turn written English into phones of ARPAbet or IPA."""
