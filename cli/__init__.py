"""The command line: what people and scripts do with Arrears, over its HTTP APIs and its topics."""
