"""One file of rows per app. Columns: anonymous, stranger, contributor, manager, member, secretariat, admin."""
