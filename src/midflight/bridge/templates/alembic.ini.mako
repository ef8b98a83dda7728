[alembic]
script_location = ${location}
prepend_sys_path = ${paths_ini}
path_separator = os
# dates are UTC; %(here)s is this file's folder
timezone = UTC
file_template = %%(year)d%%(month).2d%%(day).2d_%%(hour).2d%%(minute).2d_%%(slug)s
# no URL here: it comes from DATABASE_URL, or from env.py

[loggers]
keys = root,alembic

[handlers]
keys = console

[formatters]
keys = plain

[logger_root]
level = WARNING
handlers = console

[logger_alembic]
level = INFO
handlers =
qualname = alembic

[handler_console]
class = StreamHandler
args = (sys.stderr,)
formatter = plain

[formatter_plain]
format = %(levelname)-5.5s [%(name)s] %(message)s
