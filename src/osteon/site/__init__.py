"""The site: home, a page for each model and source, documentation, and a page on which COPASI runs in the browser.

============== ========================================================================================================
module         holds
============== ========================================================================================================
`expression`   what the page "Try it" knows of a model: what each intervention does, and when; what was reported
`answers`      what the page shows for what a reader asks; runs there and here
`shipped`      the modules of Osteon that run in the page
`vendored`     third-party files that lie beside the page: COPASI and Python as WebAssembly, and the plotting library
`downloads`    what can be taken away from a model's page
`documents`    the project's own documents, and the Python API
`texts`        Markdown from text that is not ours, and from the project's own documents and notebooks
`pictures`     the picture of a model
`findings`     every source, model and verdict, judged once
`content`      every page as Markdown, and every file beside it
`generator`    Sphinx, run over the pages
============== ========================================================================================================

Under ``assets/`` lies what else runs in the page: ``try.mjs`` is what the reader sees; it sends what is asked to
``worker.mjs``, which keeps Python and COPASI off the page's own thread. ``locks/`` has the version and digest of each
third-party file.
"""
