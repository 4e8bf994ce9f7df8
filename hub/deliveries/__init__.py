"""Deliveries: what became of the hub's mail, and whether mail arrives at all."""
