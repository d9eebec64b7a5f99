"""How a verdict looks: verdict in, text out."""
