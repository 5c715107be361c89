"""Figures of provinces: indicators, observations, plans, targets, and rollups of sites."""
