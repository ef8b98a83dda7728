[tool.alembic]
script_location = ${location}
prepend_sys_path = [${paths_toml}]
timezone = "UTC"
file_template = "%%(year)d%%(month).2d%%(day).2d_%%(hour).2d%%(minute).2d_%%(slug)s"
# no URL here: it comes from DATABASE_URL, or from env.py
