"""The services: each a composition root over its domain, handlers, adapters and api."""
