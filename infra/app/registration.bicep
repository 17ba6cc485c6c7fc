extension microsoftGraphV1

@description('Unique in the tenant, and for good: by this name every deployment finds the registration again.')
param uniqueName string
param displayName string
@description('Origin of the app, without a slash at the end.')
param baseUrl string
param managedIdentityPrincipalId string
param managedIdentityIssuer string
param tokenExchangeAudience string

resource registration 'Microsoft.Graph/applications@v1.0' = {
  uniqueName: uniqueName
  displayName: displayName
  signInAudience: 'AzureADMyOrg'
  web: {
    redirectUris: [
      '${baseUrl}/auth/callback'
      // Where the browser comes back to after signing out
      '${baseUrl}/auth/signed-out'
    ]
    logoutUrl: '${baseUrl}/auth/logout-callback'
    implicitGrantSettings: {
      enableAccessTokenIssuance: false
      enableIdTokenIssuance: false
    }
  }
  optionalClaims: {
    idToken: [
      {
        name: 'sid'
      }
      {
        name: 'login_hint'
      }
      {
        name: 'auth_time'
      }
      {
        name: 'acrs'
      }
    ]
  }
  requiredResourceAccess: [
    {
      // Microsoft Graph
      resourceAppId: '00000003-0000-0000-c000-000000000000'
      resourceAccess: [
        for permission in items(loadJsonContent('../graph-permissions.json')): {
          id: permission.value
          type: 'Scope'
        }
      ]
    }
  ]

  resource managedIdentityCredential 'federatedIdentityCredentials@v1.0' = {
    name: '${registration.uniqueName}/managed-identity'
    description: 'The managed identity of the function app'
    issuer: managedIdentityIssuer
    subject: managedIdentityPrincipalId
    audiences: [
      tokenExchangeAudience
    ]
  }
}

resource servicePrincipal 'Microsoft.Graph/servicePrincipals@v1.0' = {
  appId: registration.appId
}

output clientId string = registration.appId
