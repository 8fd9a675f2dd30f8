"""Opening and cleaning foreign files: this package runs in a confined process and knows nothing of Django."""
