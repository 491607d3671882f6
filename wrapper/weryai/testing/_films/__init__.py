"""The videos of tasks: drawn from their images, or one and the same for all."""
