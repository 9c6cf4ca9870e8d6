"""Step definitions: what the sentences of the features mean. Glue only; everything behind it is an Actor's deed."""
