// The only reader of the environment. Turns variables into raw settings; config.ts judges them.
import { AWS_SERVICES, type AwsService } from './config.ts'
import { SETTING_LIST } from './settings.ts'
import type { SettingName, SettingValues } from './settings.ts'

const PREFIX = 'CARILLON_'

/** By these variables AWS's SDKs, which read them by themselves, find a service. */
// evidence: docs AWS SDKs, service-specific endpoints
const ENDPOINT_VARIABLES: Readonly<Record<AwsService, string>> = {
  lambda: 'AWS_ENDPOINT_URL_LAMBDA',
  kinesis: 'AWS_ENDPOINT_URL_KINESIS',
  lex: 'AWS_ENDPOINT_URL_LEX_RUNTIME_V2',
}

/** What the environment says. */
export interface Environment {
  readonly values: SettingValues
  /** Variables that begin like ours but are none: most likely misspelt. */
  readonly unknownVariables: readonly string[]
  /** The services for which AWS's SDKs are given an endpoint. */
  readonly awsServices: ReadonlySet<AwsService>
  /** Whoever set NO_COLOR wants plain text. evidence: docs no-color.org */
  readonly wantsNoColour: boolean
}

/** Reads `variables`, by default those of this process. An empty variable counts as absent. */
export function readEnvironment(
  variables: Readonly<Record<string, string | undefined>> = process.env,
): Environment {
  const known = new Set(SETTING_LIST.map(([, { variable }]) => variable))
  const values: { [Name in SettingName]?: string } = {}
  for (const [name, { variable }] of SETTING_LIST) {
    const text = variables[variable]
    if (text !== undefined && text !== '') values[name] = text
  }
  return {
    values,
    awsServices: new Set(AWS_SERVICES.filter((service) => isSet(variables, service))),
    wantsNoColour: (variables['NO_COLOR'] ?? '') !== '',
    unknownVariables: Object.keys(variables).filter(
      (variable) => variable.startsWith(PREFIX) && !known.has(variable),
    ),
  }
}

function isSet(
  variables: Readonly<Record<string, string | undefined>>,
  service: AwsService,
): boolean {
  return (variables[ENDPOINT_VARIABLES[service]] ?? '') !== ''
}

/** A variable that the operator's own file names, to hold a secret. */
export function readSecretVariable(name: string): string | undefined {
  return process.env[name]
}
