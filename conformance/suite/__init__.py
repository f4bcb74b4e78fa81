"""What is asked: cases in YAML, expanded to concrete trials with inputs."""
