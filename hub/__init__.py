"""Knowledge Hub: a community site for public records and public digital services."""
