// What the official SDK sends arrives as the same input, and what we answer is read as the same
// output, for every operation and random valid values.
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeInput } from '../../src/protocol/decode.ts'
import { encodeOutput } from '../../src/protocol/encode.ts'
import { loadModels } from '../../src/protocol/model.ts'
import type { CompiledOperation } from '../../src/protocol/model.ts'
import { createRouter } from '../../src/protocol/router.ts'
import { validateInput } from '../../src/protocol/validate.ts'
import { renderError } from '../../src/protocol/wire-error.ts'
import { ApiError, FrontDoorError } from '../../src/base/api-error.ts'
import { arbitraryValue } from './arbitrary-shape.ts'
import { REST_SERVICES, readRawModel } from './raw-models.ts'
import { createSdkExchange } from './sdk-exchange.ts'
import type { WireRequest } from './sdk-exchange.ts'
import { minimalInput } from './violations.ts'

/** Values for each operation; 81 operations make some 2,000 exchanges. */
const RUNS_COUNT = 25

const models = loadModels()
const router = createRouter(models)
const exchange = createSdkExchange()

function receive(request: WireRequest): [CompiledOperation, Record<string, unknown>] {
  const { method, rawPath, rawQuery, headers, body } = request
  const route = router.route(method, rawPath, rawQuery)
  if (route.kind === 'not-found') throw new Error(`no route for ${method} ${rawPath}?${rawQuery}`)
  const isSettled = route.kind === 'operation'
  const operation = isSettled ? route.operation : router.finishRoute(route, rawQuery, body)
  const uriLabels = isSettled ? route.uriLabels : {}
  return [operation, decodeInput(operation, { uriLabels, rawQuery, headers, body })]
}

for (const service of REST_SERVICES) {
  const model = readRawModel(service)
  describe(`${service} through the SDK`, () => {
    it.each(Object.keys(model.operations))(
      '%s: input and output arrive unchanged',
      async (name) => {
        const { input, output } = model.operations[name]!
        const inputs = input === undefined ? fc.constant({}) : arbitraryValue(model, input.shape)
        const outputs = output === undefined ? fc.constant({}) : arbitraryValue(model, output.shape)
        await fc.assert(
          fc.asyncProperty(inputs, outputs, async (sent, answered) => {
            let received: unknown
            const read = await exchange(service, name, sent as object, (request) => {
              const [operation, decoded] = receive(request)
              expect(operation.name).toBe(name)
              expect(validateInput(operation, decoded)).toEqual([])
              received = decoded
              const body = encodeOutput(operation, answered as object)
              return {
                status: operation.successStatus,
                headers: { 'content-type': 'application/json' },
                body,
              }
            })
            expect(received).toEqual(sent)
            const { $metadata: metadata, ...rest } = read
            expect(rest).toEqual(answered)
            expect(metadata).toMatchObject({
              httpStatusCode: model.operations[name]!.http.responseCode ?? 200,
            })
          }),
          { numRuns: RUNS_COUNT },
        )
      },
    )
  })
}

describe('errors through the SDK', () => {
  class TestError extends ApiError {}

  const cases = REST_SERVICES.flatMap((service) =>
    models.operations
      .filter((operation) => operation.service === service)
      .flatMap(({ name, errors }) => [...errors].map((error) => [service, name, error] as const)),
  )

  it.each(cases)('%s %s %s arrives as its class', async (service, name, wireName) => {
    const operation = models.operation(service, name)
    const failure: unknown = await exchange(service, name, minimalInput(service, name), () =>
      renderError(new TestError(wireName, 'why not'), operation, 'request-1', 'rest-json'),
    ).catch((error: unknown) => error)
    expect(failure).toMatchObject({
      name: wireName,
      message: 'why not',
      Code: operation.errorDetails.get(wireName)!.code,
      $metadata: { httpStatusCode: models.errorStatus(wireName), requestId: 'request-1' },
    })
    expect((failure as Error).constructor.name).toBe(wireName)
  })

  it('a front-door error keeps its name and text', async () => {
    const failure: unknown = await exchange(
      'messaging',
      'ListChannelFlows',
      { AppInstanceArn: 'arn:' },
      () =>
        renderError(
          new FrontDoorError('ExpiredTokenException', 403, 'expired'),
          undefined,
          'r',
          'rest-json',
        ),
    ).catch((error: unknown) => error)
    expect(failure).toMatchObject({
      name: 'ExpiredTokenException',
      message: 'expired',
      $metadata: { httpStatusCode: 403 },
    })
  })
})
