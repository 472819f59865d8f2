"""The door: validates what billing systems publish, and republishes it keyed by account."""
