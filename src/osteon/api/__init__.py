"""The public functions, one for each command; `osteon` offers them under their plain names.

Everything is imported when a function is called, so that ``import osteon`` and the command line start at once.
"""
