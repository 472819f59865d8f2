"""The peers' programs; they run in the peers' environment and import nothing of the product."""
