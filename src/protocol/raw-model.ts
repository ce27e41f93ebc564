// The structure of models/*.json as it lies on disk, and our departures from it, which are applied
// before anything is compiled. Not for use at request time: see model.ts.
import { assert } from '../base/assert.ts'

/** A reference from a member, list or map to a shape, with the member's binding. */
export interface RawReference {
  readonly shape: string
  readonly location?: string
  readonly locationName?: string
  readonly idempotencyToken?: boolean
  readonly sensitive?: boolean
}

/** One shape of a model. `lengthUnit` exists only through models/deviations.json. */
export interface RawShape {
  readonly type: string
  readonly members?: Readonly<Record<string, RawReference>>
  readonly required?: readonly string[]
  readonly member?: RawReference
  readonly key?: RawReference
  readonly value?: RawReference
  readonly enum?: readonly string[]
  readonly min?: number
  readonly max?: number
  readonly pattern?: string
  readonly flattened?: boolean
  readonly sensitive?: boolean
  readonly exception?: boolean
  readonly error?: { readonly code?: string; readonly httpStatusCode: number }
  readonly lengthUnit?: 'utf8-bytes'
}

/** One operation of a model. */
export interface RawOperation {
  readonly name: string
  readonly http: {
    readonly method: string
    readonly requestUri: string
    readonly responseCode?: number
  }
  readonly input?: RawReference
  readonly output?: RawReference & { readonly resultWrapper?: string }
  readonly errors?: readonly RawReference[]
}

/** One of models/{messaging,identity,iam,sts}.json. */
export interface RawModel {
  readonly metadata: {
    readonly apiVersion: string
    readonly protocol: string
    readonly xmlNamespace?: string
  }
  readonly operations: Readonly<Record<string, RawOperation>>
  readonly shapes: Readonly<Record<string, RawShape>>
}

/**
 * One entry of models/deviations.json. `paths` are JSON pointers into the model. `remove` deletes
 * the value there, `set` replaces or adds it, `add-item` and `remove-item` change a list of names.
 */
export interface Deviation {
  readonly model: string
  readonly paths: readonly string[]
  readonly change: 'remove' | 'set' | 'add-item' | 'remove-item'
  readonly value?: string
  readonly what: string
  readonly why: string
  readonly evidence: string
}

/**
 * A copy of `model` with the deviations for `modelName` applied. Throws AssertionError when one of
 * them points at nothing, so that a departure cannot outlive the fact that it departs from.
 */
export function applyDeviations(
  modelName: string,
  model: RawModel,
  deviations: readonly Deviation[],
): RawModel {
  const copy = structuredClone(model)
  for (const deviation of deviations) {
    if (deviation.model !== modelName) continue
    for (const path of deviation.paths) applyAt(copy, path, deviation)
  }
  return copy
}

function applyAt(model: RawModel, path: string, { change, value }: Deviation): void {
  const names = path.split('/').slice(1)
  const last = names.pop()
  assert(last !== undefined, `deviation path ${path} is empty`)
  let parent: unknown = model
  for (const name of names) parent = memberOf(parent, name)
  assert(isRecord(parent), `deviation path ${path} leads nowhere`)
  const present = parent[last]
  switch (change) {
    case 'remove':
      assert(present !== undefined, `deviation path ${path} leads nowhere`)
      delete parent[last]
      break
    case 'set':
      assert(present !== value, `deviation at ${path} changes nothing`)
      parent[last] = value
      break
    case 'add-item': {
      const list = Array.isArray(present) ? present : []
      assert(!list.includes(value), `deviation at ${path} changes nothing`)
      parent[last] = [...list, value]
      break
    }
    case 'remove-item':
      assert(Array.isArray(present) && present.includes(value), `${path} lacks ${value}`)
      parent[last] = present.filter((item) => item !== value)
      break
  }
}

function memberOf(parent: unknown, name: string): unknown {
  return isRecord(parent) ? parent[name] : undefined
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
