"""The story: the life of a call, from tick to lead. Joins campaigns, compliance, telephony and leads."""
