"""Train acoustic models, vocoders and anything else that is a task, in one loop."""
