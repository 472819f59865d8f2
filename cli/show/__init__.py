"""What people and programs are shown: tables and bars, or JSON lines."""
