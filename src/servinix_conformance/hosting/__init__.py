"""Reference servers with one fault each, or with none, of which there are many, one after the other."""
