"""Answers to questions: past days, items' stories, previews of policies, promises, interest."""
