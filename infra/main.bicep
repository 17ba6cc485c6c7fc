targetScope = 'subscription'

@minLength(1)
@maxLength(64)
@description('Name of the environment. A short hash of it is part of every resource name.')
param environmentName string

@minLength(1)
@description('Region of all resources. Flex Consumption has to be offered there: az functionapp list-flexconsumption-locations')
@metadata({ azd: { type: 'location' } })
param location string

@description('Host name that users see, such as app.example.com. Empty: the one that Azure gives the app.')
param customDomain string = ''

@minLength(1)
@maxLength(60)
@description('What the pages call the app.')
param appName string = 'Lightsout'

@minValue(1)
@maxValue(720)
@description('Absolute lifetime of a session, in hours.')
param sessionHours int = 12

@minValue(0)
@maxValue(43200)
@description('Minutes after which a session is over that was not used. 0: no such limit.')
param sessionIdleMinutes int = 0

@minValue(0)
@maxValue(43200)
@description('Minutes within which a user who is disabled, deleted or revoked is out, and a changed role counts. 0: when a token is needed.')
param revalidateMinutes int = 15

@allowed(['off', 'optional', 'required'])
@description('Whether a session counts only on the device that signed in. required: only browsers that bind sessions get on.')
param sessionBinding string = 'off'

@description('Who gets a mail when an alert fires. Empty: nobody.')
param alertEmail string = ''

@minValue(0)
@maxValue(100)
@description('Instances that are kept warm, at a price, so that no sign-out waits for a cold start.')
param alwaysReadyInstances int = 0

@secure()
@description('Randomness for the first sealing key. It is made anew for every deployment and used by the first one only.')
param keySeed string = '${newGuid()}${newGuid()}'

@description('Names the first sealing key. Like the seed, later deployments do not use it.')
param keyDay string = utcNow('yyyy-MM-dd')

var abbrs = loadJsonContent('./abbreviations.json')
var resourceToken = toLower(uniqueString(subscription().id, environmentName, location))
var tags = { 'azd-env-name': environmentName }
var functionAppName = '${abbrs.webSitesFunctions}lightsout-${resourceToken}'
// As in src/shared/config/cloud.ts, by the names that Azure Resource Manager has for its clouds.
var clouds = {
  AzureCloud: {
    authority: 'https://login.microsoftonline.com/'
    tokenExchangeAudience: 'api://AzureADTokenExchange'
    sites: 'azurewebsites.net'
  }
  AzureUSGovernment: {
    authority: 'https://login.microsoftonline.us/'
    tokenExchangeAudience: 'api://AzureADTokenExchangeUSGov'
    sites: 'azurewebsites.us'
  }
  AzureChinaCloud: {
    authority: 'https://login.partner.microsoftonline.cn/'
    tokenExchangeAudience: 'api://AzureADTokenExchangeChina'
    sites: 'chinacloudsites.cn'
  }
}
var cloud = clouds[environment().name]
var authority = '${cloud.authority}${tenant().tenantId}'
// Known before the app is: the app needs the registration's client id, and the registration the app's address.
var functionAppUrl = 'https://${functionAppName}.${cloud.sites}'
var baseUrl = empty(customDomain) ? functionAppUrl : 'https://${customDomain}'
var packageContainer = 'app-package'
// Has to be TABLE_NAME in src/shared/table/azureTable.ts.
var tableName = 'lightsout'

resource rg 'Microsoft.Resources/resourceGroups@2025-04-01' = {
  name: '${abbrs.resourcesResourceGroups}${environmentName}'
  location: location
  tags: tags
}

// The only identity there is: of the app towards storage, Key Vault and Application Insights, and, by its federated
// credential, of the app registration towards Entra ID.
module identity 'br/public:avm/res/managed-identity/user-assigned-identity:0.6.0' = {
  name: 'identity'
  scope: rg
  params: {
    enableTelemetry: false
    name: '${abbrs.managedIdentityUserAssignedIdentities}lightsout-${resourceToken}'
    location: location
    tags: tags
  }
}

module registration './app/registration.bicep' = {
  name: 'registration'
  scope: rg
  params: {
    uniqueName: 'lightsout-${environmentName}-${resourceToken}'
    displayName: 'Lightsout (${environmentName})'
    baseUrl: baseUrl
    managedIdentityPrincipalId: identity.outputs.principalId
    managedIdentityIssuer: '${authority}/v2.0'
    tokenExchangeAudience: cloud.tokenExchangeAudience
  }
}

module storage 'br/public:avm/res/storage/storage-account:0.33.0' = {
  name: 'storage'
  scope: rg
  params: {
    enableTelemetry: false
    name: '${abbrs.storageStorageAccounts}${resourceToken}'
    location: location
    tags: tags
    // No copy in another region, where a deletion would arrive later: losing the table only means signing in again.
    skuName: 'Standard_LRS'
    allowSharedKeyAccess: false
    allowBlobPublicAccess: false
    defaultToOAuthAuthentication: true
    minimumTlsVersion: 'TLS1_2'
    publicNetworkAccess: 'Enabled'
    networkAcls: {
      defaultAction: 'Allow'
      bypass: 'AzureServices'
    }
    // The Functions host keeps keys, leases and the package in blobs, and makes containers of its own.
    roleAssignments: [
      {
        roleDefinitionIdOrName: 'Storage Blob Data Owner'
        principalId: identity.outputs.principalId
        principalType: 'ServicePrincipal'
      }
    ]
    blobServices: {
      containers: [
        {
          name: packageContainer
        }
      ]
    }
    tableServices: {
      tables: [
        {
          name: tableName
          roleAssignments: [
            {
              roleDefinitionIdOrName: 'Storage Table Data Contributor'
              principalId: identity.outputs.principalId
              principalType: 'ServicePrincipal'
            }
          ]
        }
      ]
    }
  }
}

module sealingKeys './app/sealingKeys.bicep' = {
  name: 'sealingKeys'
  scope: rg
  params: {
    vaultName: '${abbrs.keyVaultVaults}${resourceToken}'
    location: location
    tags: tags
    readerPrincipalId: identity.outputs.principalId
    seed: keySeed
    day: keyDay
  }
}

module monitoring './app/monitoring.bicep' = {
  name: 'monitoring'
  scope: rg
  params: {
    workspaceName: '${abbrs.operationalInsightsWorkspaces}${resourceToken}'
    applicationInsightsName: '${abbrs.insightsComponents}${resourceToken}'
    actionGroupName: '${abbrs.insightsActionGroups}lightsout-${resourceToken}'
    location: location
    tags: tags
    publisherPrincipalId: identity.outputs.principalId
    alertEmail: alertEmail
  }
}

module plan 'br/public:avm/res/web/serverfarm:0.7.0' = {
  name: 'plan'
  scope: rg
  params: {
    enableTelemetry: false
    name: '${abbrs.webServerFarms}${resourceToken}'
    location: location
    tags: tags
    kind: 'functionapp'
    skuName: 'FC1'
    reserved: true
    zoneRedundant: false
  }
}

module api './app/api.bicep' = {
  name: 'api'
  scope: rg
  params: {
    name: functionAppName
    location: location
    tags: tags
    planId: plan.outputs.resourceId
    identityId: identity.outputs.resourceId
    identityClientId: identity.outputs.clientId
    blobEndpoint: storage.outputs.serviceEndpoints.blob
    packageContainer: packageContainer
    applicationInsightsConnectionString: monitoring.outputs.connectionString
    alwaysReadyInstances: alwaysReadyInstances
    // Graph, metadata and the audience of the assertion follow from the authority.
    appSettings: union(environment().name == 'AzureCloud' ? {} : { ENTRA_AUTHORITY: authority }, {
      APP_BASE_URL: baseUrl
      APP_NAME: appName
      ENTRA_CLIENT_ID: registration.outputs.clientId
      ENTRA_TENANT_ID: tenant().tenantId
      ENTRA_MANAGED_IDENTITY_CLIENT_ID: identity.outputs.clientId
      TOKEN_CACHE_STORAGE__tableServiceUri: storage.outputs.serviceEndpoints.table
      TOKEN_CACHE_STORAGE__clientId: identity.outputs.clientId
      TOKEN_CACHE_KEYS: '@Microsoft.KeyVault(SecretUri=${sealingKeys.outputs.secretUri})'
      SESSION_HOURS: string(sessionHours)
      SESSION_IDLE_MINUTES: string(sessionIdleMinutes)
      REVALIDATE_MINUTES: string(revalidateMinutes)
      SESSION_BINDING: sessionBinding
      // The host holds a body in memory before anybody looks at it. Microsoft Graph takes 4 MB.
      FUNCTIONS_REQUEST_BODY_SIZE_LIMIT: '4194304'
    })
  }
}

output AZURE_LOCATION string = location
output AZURE_TENANT_ID string = tenant().tenantId
output AZURE_RESOURCE_GROUP string = rg.name
output AZURE_FUNCTION_NAME string = api.outputs.name
output AZURE_FUNCTION_URL string = functionAppUrl
output APP_BASE_URL string = baseUrl
output ENTRA_CLIENT_ID string = registration.outputs.clientId
