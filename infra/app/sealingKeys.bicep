param vaultName string
param location string
param tags object
param readerPrincipalId string
@secure()
@description('Two GUIDs.')
param seed string
@description('In UTC, as yyyy-MM-dd.')
param day string

var secretName = 'token-cache-keys'

// A key is named by its day, for `lightsout keys --rotate`. TOKEN_CACHE_KEYS wants base64 of 32 bytes: 43 digits. Hexadecimal ones are base64 digits too; of two random GUIDs,
// these carry more than 160 bits of entropy.
var firstKey = '${day}:${take(replace(seed, '-', ''), 43)}='

module vault 'br/public:avm/res/key-vault/vault:0.14.0' = {
  name: 'vault'
  params: {
    enableTelemetry: false
    name: vaultName
    location: location
    tags: tags
    sku: 'standard'
    enableRbacAuthorization: true
    enablePurgeProtection: true
    softDeleteRetentionInDays: 7
    enableVaultForDeployment: false
    enableVaultForDiskEncryption: false
    enableVaultForTemplateDeployment: false
    publicNetworkAccess: 'Enabled'
    roleAssignments: [
      {
        roleDefinitionIdOrName: 'Key Vault Secrets User'
        principalId: readerPrincipalId
        principalType: 'ServicePrincipal'
      }
    ]
  }
}

// A later deployment finds the secret and leaves it as it is, rotated or not. The value is never read back, so it is in no
// output, no deployment history and no file.
@onlyIfNotExists()
resource secret 'Microsoft.KeyVault/vaults/secrets@2026-02-01' = {
  name: '${vaultName}/${secretName}'
  tags: tags
  properties: {
    value: firstKey
    contentType: 'TOKEN_CACHE_KEYS of Lightsout'
  }
  dependsOn: [
    vault
  ]
}

@description('Without a version, so that the platform finds a new key by itself, within a day.')
output secretUri string = '${vault.outputs.uri}secrets/${secretName}'
