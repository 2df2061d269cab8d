"""Importing a table: read whole, checked whole, then written in one transaction.

The engine knows files, jobs and reports; a *target* knows what the rows become. `contacts` is one;
an upper app registers its own in `AppConfig.ready` with `contacts.imports.targets.register`.
"""
