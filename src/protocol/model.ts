// Loads the service models and compiles each operation once, for the router, the three stages
// (decode, validate, encode) and the error answers. Not for business rules.
import { readFileSync } from 'node:fs'
import { AssertionError, assert } from '../base/assert.ts'
import type { CompiledError, CompiledOperation, Models, ServiceName } from './compiled-operation.ts'
import { compileEncoder } from './encode.ts'
import { errorCode } from './error-code.ts'
import { applyDeviations } from './raw-model.ts'
import type { Deviation, RawModel, RawOperation } from './raw-model.ts'
import { collectSensitiveNames } from './sensitive.ts'
import { compileXmlEncoder } from './query-encode.ts'
import { createShapeCompiler } from './shape.ts'
import type { Shape, StructureShape } from './shape.ts'

export type {
  CompiledError,
  CompiledOperation,
  Models,
  ServiceName,
  WireProtocol,
} from './compiled-operation.ts'

const SERVICES: readonly ServiceName[] = ['messaging', 'identity', 'iam', 'sts']
const DEFAULT_SUCCESS_STATUS = 200
const MODELS_DIRECTORY = new URL('../../models/', import.meta.url)

/** Reads and compiles models/*.json with models/deviations.json. Slow (files): call it once. */
export function loadModels(): Models {
  const deviations = readJson('deviations') as readonly Deviation[]
  const operations: CompiledOperation[] = []
  const statuses = new Map<string, number>()
  for (const service of SERVICES) {
    const model = applyDeviations(service, readJson(service) as RawModel, deviations)
    operations.push(...compileModel(service, model))
    for (const [name, { error }] of Object.entries(model.shapes)) {
      // The first model wins: the two Chime models agree, and IAM comes after them.
      if (error !== undefined && !statuses.has(name)) statuses.set(name, error.httpStatusCode)
    }
  }
  const byName = new Map(operations.map((operation) => [keyOf(operation), operation]))
  return {
    operations,
    operation(service, name) {
      const found = byName.get(keyOf({ service, name }))
      if (found === undefined) throw new AssertionError(`${service} has no operation ${name}`)
      return found
    },
    errorStatus: (wireName) => statuses.get(wireName),
  }
}

/** Compiles every operation of one model. Throws AssertionError for what is not served. */
export function compileModel(service: ServiceName, model: RawModel): CompiledOperation[] {
  const compile = createShapeCompiler(model)
  return Object.values(model.operations).map((raw) =>
    compileOperation(service, model, raw, compile),
  )
}

function compileOperation(
  service: ServiceName,
  model: RawModel,
  raw: RawOperation,
  compile: (name: string) => Shape,
): CompiledOperation {
  const input = structureOf(raw.input?.shape, compile)
  const output = structureOf(raw.output?.shape, compile)
  for (const { name, location } of output?.members ?? []) {
    assert(location === 'body', `output member ${name} travels in ${location}, which is not served`)
  }
  const errorDetails = new Map<string, CompiledError>()
  for (const { shape: wireName } of raw.errors ?? []) {
    const error = model.shapes[wireName]?.error
    if (error === undefined) throw new AssertionError(`${wireName} of ${raw.name} has no status`)
    const status = error.httpStatusCode
    errorDetails.set(wireName, { status, code: error.code ?? errorCode(wireName) })
  }
  const members = input?.members ?? []
  const protocol = model.metadata.protocol === 'query' ? 'query' : 'rest-json'
  const headerMembers = members.filter(({ location }) => location === 'header')
  return {
    service,
    protocol,
    apiVersion: model.metadata.apiVersion,
    xmlNamespace: model.metadata.xmlNamespace,
    name: raw.name,
    method: raw.http.method,
    requestUri: raw.http.requestUri,
    successStatus: raw.http.responseCode ?? DEFAULT_SUCCESS_STATUS,
    errors: new Set(errorDetails.keys()),
    errorDetails,
    input,
    output,
    resultWrapper: raw.output?.resultWrapper,
    uriMembers: members.filter(({ location }) => location === 'uri'),
    queryMembers: members.filter(({ location }) => location === 'querystring'),
    headerMembers,
    bodyMembers: members.filter(({ location }) => location === 'body'),
    requiredHeaders: new Set(
      headerMembers.filter(({ required }) => required).map(({ wireName }) => wireName),
    ),
    sensitiveMembers: collectSensitiveNames([input, output]),
    encodeBody: protocol === 'query' ? compileXmlEncoder(output) : compileEncoder(output),
  }
}

function structureOf(
  name: string | undefined,
  compile: (name: string) => Shape,
): StructureShape | undefined {
  if (name === undefined) return undefined
  const shape = compile(name)
  if (shape.type !== 'structure') throw new AssertionError(`${name} is not a structure`)
  return shape
}

function keyOf({ service, name }: { readonly service: string; readonly name: string }): string {
  return `${service}.${name}`
}

function readJson(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`${name}.json`, MODELS_DIRECTORY), 'utf8'))
}
