// What the official SDK posts to IAM and STS arrives as the same input, and the XML that we answer
// is read as the same output, for every operation and random valid values.
import { Readable } from 'node:stream'
import * as iamSdk from '@aws-sdk/client-iam'
import * as stsSdk from '@aws-sdk/client-sts'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ApiError } from '../../src/base/api-error.ts'
import type { CompiledOperation } from '../../src/protocol/model.ts'
import { loadModels } from '../../src/protocol/model.ts'
import { decodeQueryInput } from '../../src/protocol/query-decode.ts'
import { encodeQueryAnswer } from '../../src/protocol/query-encode.ts'
import { createRouter } from '../../src/protocol/router.ts'
import type { Shape, StringShape } from '../../src/protocol/shape.ts'
import { validateInput } from '../../src/protocol/validate.ts'
import { renderError } from '../../src/protocol/wire-error.ts'

/** Values for each operation. */
const RUNS_COUNT = 40
/** Longer texts and lists find nothing that these do not. */
const MORE_MAX = 20
/** What XML must escape, what parsers like to trim or change, and the plain. */
const CHARACTERS = Array.from(`aZ09_<>&"' \t\n\r=,.@+-:/;%#[]é\u00ff\u00a0日🦊ß`)
/** The SDK reads text of nothing but white space, with a line feed in it, as no text at all. */
const SPACE_FOR_THE_SDK = /^\s*\n\s*$/
const SECONDS_MAX = 4_000_000_000

const models = loadModels()
const router = createRouter(models)
const SDKS = { iam: [iamSdk, 'IAMClient'], sts: [stsSdk, 'STSClient'] } as const
type QueryService = keyof typeof SDKS

interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** Sends `input` through the SDK, whose network is `answer`. */
async function exchange(
  service: QueryService,
  operation: string,
  input: object,
  answer: (form: Buffer) => Answer,
): Promise<Record<string, unknown>> {
  const [sdk, clientName] = SDKS[service]
  const requestHandler = {
    metadata: { handlerProtocol: 'http/1.1' },
    handle: ({ body = '' }: { body?: string | Uint8Array }) => {
      const { status, headers, body: text } = answer(Buffer.from(body))
      const response = { statusCode: status, headers, body: Readable.from([text]) }
      return Promise.resolve({ response })
    },
  }
  const client = Reflect.construct(Reflect.get(sdk, clientName) as new () => object, [
    {
      endpoint: 'http://127.0.0.1:1',
      region: 'us-east-1',
      credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' },
      maxAttempts: 1,
      requestHandler,
    },
  ]) as { send(command: object): Promise<Record<string, unknown>> }
  const Command = Reflect.get(sdk, `${operation}Command`) as new () => object
  return client.send(Reflect.construct(Command, [input]) as object)
}

function receive(form: Buffer): [CompiledOperation, Record<string, unknown>] {
  const route = router.route('POST', '/', '')
  if (route.kind !== 'query') throw new Error('no route')
  const operation = router.finishRoute(route, '', form)
  return [operation, decodeQueryInput(operation, form)]
}

function arbitraryOf(shape: Shape): fc.Arbitrary<unknown> {
  switch (shape.type) {
    case 'string':
      return textOf(shape)
    case 'integer':
      return fc.integer({ min: Math.max(shape.min, 0), max: Math.min(shape.max, 2 ** 31 - 1) })
    case 'boolean':
      return fc.boolean()
    case 'timestamp':
      return fc.integer({ min: 0, max: SECONDS_MAX }).map((seconds) => new Date(seconds * 1000))
    case 'list':
      return fc.array(arbitraryOf(shape.member).filter(isSent), {
        minLength: shape.min,
        maxLength: 3,
      })
    case 'structure': {
      const members = shape.members.map(({ name, shape: of }) => [name, arbitraryOf(of)] as const)
      const requiredKeys = shape.members.filter((member) => member.required)
      return fc.record(Object.fromEntries(members), {
        requiredKeys: requiredKeys.map(({ name }) => name),
        noNullPrototype: true,
      })
    }
    case 'map':
    default:
      throw new Error(`no ${shape.type} is served`)
  }
}

/** An item without any member leaves no trace in a form. */
function isSent(item: unknown): boolean {
  return typeof item !== 'object' || item === null || Object.keys(item).length > 0
}

function textOf({ values, expression, min, max, patternText }: StringShape): fc.Arbitrary<string> {
  if (values !== undefined) return fc.constantFrom(...values)
  if (patternText?.includes('\\u002F') === true) return fc.constantFrom('/', `/<&"'>/b/`)
  const fitting = CHARACTERS.filter((text) => expression === undefined || expression.test(text))
  const maxLength = Math.min(max, min + MORE_MAX)
  return fc
    .string({ unit: fc.constantFrom(...fitting), minLength: min, maxLength })
    .filter((text) => !SPACE_FOR_THE_SDK.test(text))
}

class TestError extends ApiError {}

describe.each(['iam', 'sts'] as const)('%s through the SDK', (service) => {
  const operations = models.operations.filter((operation) => operation.service === service)

  it.each(operations.map((operation) => [operation.name, operation] as const))(
    '%s: input and output arrive unchanged',
    async (name, { input, output }) => {
      const inputs = input === undefined ? fc.constant({}) : arbitraryOf(input)
      const outputs = output === undefined ? fc.constant({}) : arbitraryOf(output)
      await fc.assert(
        fc.asyncProperty(inputs, outputs, async (sent, answered) => {
          let received: unknown
          const read = await exchange(service, name, sent as object, (form) => {
            const [operation, decoded] = receive(form)
            expect(operation.name).toBe(name)
            expect(validateInput(operation, decoded)).toEqual([])
            received = decoded
            const body = encodeQueryAnswer(operation, answered as object, 'request-1')
            const headers = { 'content-type': 'text/xml', 'x-amzn-requestid': 'request-1' }
            return { status: 200, headers, body }
          })
          expect(received).toEqual(sent)
          const { $metadata: metadata, ...rest } = read
          expect(rest).toEqual(answered)
          expect(metadata).toMatchObject({ httpStatusCode: 200, requestId: 'request-1' })
        }),
        { numRuns: RUNS_COUNT },
      )
    },
  )

  const errors = operations.flatMap(({ name, errors: listed }) =>
    [...listed].map((error) => [name, error] as const),
  )

  it.each(errors)('%s: %s arrives as its class', async (name, wireName) => {
    const operation = models.operation(service, name)
    const text = `why <not> & "x"\r\n'y'`
    const [input] =
      operation.input === undefined ? [{}] : fc.sample(arbitraryOf(operation.input), 1)
    const failure: unknown = await exchange(service, name, input as object, () => {
      const error = new TestError(wireName, text)
      return renderError(error, operation, 'request-1', 'query')
    }).catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(Reflect.get(SDKS[service][0], wireName))
    expect(failure).toMatchObject({ name: wireName, message: text })
  })
})
