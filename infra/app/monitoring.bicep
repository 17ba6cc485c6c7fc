param workspaceName string
param applicationInsightsName string
param actionGroupName string
param location string
param tags object
@description('The identity that sends telemetry; nobody else can.')
param publisherPrincipalId string
param alertEmail string

module workspace 'br/public:avm/res/operational-insights/workspace:0.16.1' = {
  name: 'workspace'
  params: {
    enableTelemetry: false
    name: workspaceName
    location: location
    tags: tags
    dataRetention: 30
    forceCmkForQuery: false
  }
}

module applicationInsights 'br/public:avm/res/insights/component:0.8.0' = {
  name: 'applicationInsights'
  params: {
    enableTelemetry: false
    name: applicationInsightsName
    location: location
    tags: tags
    kind: 'web'
    workspaceResourceId: workspace.outputs.resourceId
    disableIpMasking: false
    disableLocalAuth: true
    roleAssignments: [
      {
        roleDefinitionIdOrName: 'Monitoring Metrics Publisher'
        principalId: publisherPrincipalId
        principalType: 'ServicePrincipal'
      }
    ]
  }
}

resource workbook 'Microsoft.Insights/workbooks@2023-06-01' = {
  name: guid(resourceGroup().id, 'lightsout')
  location: location
  tags: tags
  kind: 'shared'
  properties: {
    displayName: 'Lightsout'
    category: 'workbook'
    sourceId: workspace.outputs.resourceId
    serializedData: replace(loadTextContent('../monitor/workbook.json'), '__WORKSPACE__', workspace.outputs.resourceId)
  }
}

resource actionGroup 'Microsoft.Insights/actionGroups@2023-01-01' = if (!empty(alertEmail)) {
  name: actionGroupName
  location: 'global'
  tags: tags
  properties: {
    enabled: true
    groupShortName: 'lightsout'
    emailReceivers: [
      {
        name: 'operator'
        emailAddress: alertEmail
        useCommonAlertSchema: true
      }
    ]
  }
}

resource alerts 'Microsoft.Insights/scheduledQueryRules@2026-03-01' = [
  for alert in loadJsonContent('../monitor/alerts.json'): {
    name: 'lightsout-${alert.name}'
    location: location
    tags: tags
    kind: 'LogAlert'
    properties: {
      enabled: true
      displayName: alert.displayName
      description: alert.description
      severity: alert.severity
      scopes: [
        workspace.outputs.resourceId
      ]
      evaluationFrequency: alert.frequency
      windowSize: alert.window
      autoMitigate: true
      // The tables come with the first telemetry.
      skipQueryValidation: true
      criteria: {
        allOf: [
          {
            query: alert.query
            timeAggregation: 'Total'
            metricMeasureColumn: 'Events'
            operator: 'GreaterThan'
            threshold: alert.threshold
            failingPeriods: {
              numberOfEvaluationPeriods: 1
              minFailingPeriodsToAlert: 1
            }
          }
        ]
      }
      actions: {
        actionGroups: empty(alertEmail) ? [] : [actionGroup.id]
      }
    }
  }
]

output connectionString string = applicationInsights.outputs.connectionString
