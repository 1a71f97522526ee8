"""Much work, on all cores or a cluster, in chunks that survive interruption."""
