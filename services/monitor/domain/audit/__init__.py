"""What an audit finds, and the chain that seals the journal."""
