"""Sites, projects and policy documents: their attributes, their timelines and their versions."""
