from midflight import env

% if models:
env.run(models="${models}", driver="${driver}")
% else:
# Autogenerate needs the models: env.run(models="yourapp.models", ...), or target_metadata=Base.metadata
env.run(driver="${driver}")
% endif
