"""`halali rehearse`: a real list through the whole product, with simulated people, and the books checked afterwards."""
