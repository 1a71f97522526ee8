"""Writing a project: starting, checking, building and describing models."""
