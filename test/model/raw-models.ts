// The models as the tests read them: straight from models/*.json with the deviations applied, so
// that a mistake in compiling them cannot hide itself.
import { readFileSync } from 'node:fs'
import { applyDeviations } from '../../src/protocol/raw-model.ts'
import type { Deviation, RawModel } from '../../src/protocol/raw-model.ts'

/** The two services with modelled bindings. */
export type RestService = 'messaging' | 'identity'

export const REST_SERVICES: readonly RestService[] = ['messaging', 'identity']

/** One model with the deviations applied. */
export function readRawModel(service: string): RawModel {
  return applyDeviations(service, readJson(service) as RawModel, readDeviations())
}

/** The model as published, without the deviations. */
export function readPublishedModel(service: string): RawModel {
  return readJson(service) as RawModel
}

/** Every entry of models/deviations.json. */
export function readDeviations(): readonly Deviation[] {
  return readJson('deviations') as readonly Deviation[]
}

function readJson(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`../../models/${name}.json`, import.meta.url), 'utf8'))
}
