"""Names the plugin and the step modules; nothing else."""

pytest_plugins = [
    "servinix_conformance.plugin",
    "steps.cast",
    "steps.people",
    "steps.sign_in",
    "steps.messages",
    "steps.time",
    "steps.lockout",
    "steps.support",
    "steps.reset",
    "steps.probes",
    "steps.forgeries",
    "steps.leaks",
    "steps.races",
    "steps.codes",
    "steps.guesses",
    "steps.ways",
    "steps.inputs",
    "steps.paths",
    "steps.odd_inputs",
    "steps.telling",
]
