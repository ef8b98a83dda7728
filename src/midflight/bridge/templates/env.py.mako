from midflight import env

% if models:
env.run(models=${repr(models)}, driver=${repr(driver)})
% else:
# Autogenerate needs the models: env.run(models="yourapp.models", ...), or target_metadata=Base.metadata
env.run(driver=${repr(driver)})
% endif
