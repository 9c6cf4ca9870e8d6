"""Where codes and links arrive: one module per kind of inbox."""
