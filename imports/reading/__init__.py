"""Files as they come: rows of texts out of CSV and XLSX, whatever is in them, within bounds."""
