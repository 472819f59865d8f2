"""The product under measurement, as it runs in production."""
