"""What makes an arrival acceptable; pure, and the same for every way in."""
