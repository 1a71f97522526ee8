"""Much work, on all cores or a cluster, in chunks that survive interruption; and what must run on its own."""
