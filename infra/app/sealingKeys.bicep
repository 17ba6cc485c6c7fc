param vaultName string
param location string
param tags object
param readerPrincipalId string
@secure()
@description('Two GUIDs.')
param seed string

var secretName = 'token-cache-keys'

// In TOKEN_CACHE_KEYS, base64 of 32 bytes. A hexadecimal digit is a base64 digit too, and 43 of them are enough: two random
// GUIDs have more than 128 bits of entropy there.
var firstKey = 'k1:${take(replace(seed, '-', ''), 43)}='

module vault 'br/public:avm/res/key-vault/vault:0.14.0' = {
  name: 'vault'
  params: {
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
resource secret 'Microsoft.KeyVault/vaults/secrets@2024-11-01' = {
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

@description('Without a version: the app takes a rotated key when it restarts, or within a day.')
output secretUri string = '${vault.outputs.uri}secrets/${secretName}'
