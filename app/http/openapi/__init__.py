"""The OpenAPI document: what the framework derives, and what it cannot know."""
