"""What is said about work to collect: promises, blocks, waivers."""
