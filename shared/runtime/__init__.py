"""What every service process is made of: settings, logs, health, HTTP, supervised loops."""
