"""What ingest does: take arrivals, keep refusals, replay them."""
