using '../main.bicep'

param environmentName = 'full'
param location = 'swedencentral'
param customDomain = 'app.example.com'
param appName = 'Contoso'
param sessionHours = 8
param sessionIdleMinutes = 30
param revalidateMinutes = 5
param sessionBinding = 'optional'
param alertEmail = 'ops@example.com'
param alwaysReadyInstances = 1
// Always the same, so that two snapshots differ only in what the templates say.
param keySeed = '00000000-0000-4000-8000-000000000001-00000000-0000-4000-8000-000000000002'
param keyDay = '2026-01-01'
