"""What people write: evidence, bindings, the words they use, and where their files are."""
