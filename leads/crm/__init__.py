"""Field maps of customer systems, one data file each: which of their columns takes what of an accepted lead."""
