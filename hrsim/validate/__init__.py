"""Hold hrsim against closed forms, published models and the world: cases are data, the engine is the real one."""
