"""Every event that crosses a service's border, as typed structs; the schemas are made from them."""
