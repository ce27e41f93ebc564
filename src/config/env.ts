// The only reader of the environment. Turns variables into raw settings; config.ts judges them.
import { SETTING_LIST } from './settings.ts'
import type { SettingName, SettingValues } from './settings.ts'

const PREFIX = 'CARILLON_'

/** What the environment says. */
export interface Environment {
  readonly values: SettingValues
  /** Variables that begin like ours but are none: most likely misspelt. */
  readonly unknownVariables: readonly string[]
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
    wantsNoColour: (variables['NO_COLOR'] ?? '') !== '',
    unknownVariables: Object.keys(variables).filter(
      (variable) => variable.startsWith(PREFIX) && !known.has(variable),
    ),
  }
}
