"""Turns escalations into work: letters that are sent, and tasks for people."""
