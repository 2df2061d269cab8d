"""Everything that starts and stops the platform on one machine. Imports no app and no Django."""
