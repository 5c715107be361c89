"""Register of Vietnam's industrial zones and clusters."""
