"""Write the tables of a run for readers: texts, CSV files, figures and the run folder that holds them."""
