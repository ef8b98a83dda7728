"""Reads PostgreSQL's parse trees (libpg_query's protobuf messages) into plain data. Nothing else sees those trees."""
