// Asks processors of channel flows by Lambda's Invoke API, or whatever speaks it at
// AWS_ENDPOINT_URL_LAMBDA.
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { DeliveryError } from '../domain/delivery-error.ts'
import type { LambdaTarget } from '../domain/outbound-mapping.ts'
import type { ProcessorInvoker } from '../ports/processor-invoker.ts'
import { BoundedHttpHandler } from './bounded-http-handler.ts'
import { untilAborted } from './until-aborted.ts'

/** Clients that are kept, one for each region; the server's own is the usual one. */
const CLIENTS_MAX = 16

/** `arn:PARTITION:lambda:REGION:ACCOUNT:function:NAME`, perhaps with `:ALIAS`. */
const FUNCTION_ARN = /^arn:[^:]+:lambda:([^:]+):[^:]*:function:([^:]+)(?::([^:]+))?$/

/** A function that is being made or changed takes nothing for a while. */
// evidence: docs Lambda Invoke, ResourceConflictException
const CONFLICT_STATUS = 409
const THROTTLED_STATUS = 429

/** The credentials of the environment are used, as AWS's own programs find them. */
export function createLambdaInvoker(): ProcessorInvoker<LambdaTarget> {
  const requestHandler = new BoundedHttpHandler()
  const clients = new Map<string, LambdaClient>()

  function clientOf(region: string): LambdaClient {
    const known = clients.get(region)
    if (known !== undefined) return known
    // They hold nothing but the handler, which they share.
    if (clients.size >= CLIENTS_MAX) clients.clear()
    // The outbox tries again, and remembers that it has to.
    const client = new LambdaClient({ region, maxAttempts: 1, requestHandler })
    clients.set(region, client)
    return client
  }

  return {
    async invoke(_target, { functionArn, body }, signal) {
      const [, region, name, alias] = FUNCTION_ARN.exec(functionArn) ?? []
      if (region === undefined || name === undefined) {
        throw refusal('the ARN is not that of a Lambda function')
      }
      const command = new InvokeCommand({
        // Not by its ARN, which stand-ins for Lambda do not know.
        FunctionName: name,
        Qualifier: alias,
        // evidence: docs channel flows, processors are invoked ASYNC; what they return is ignored
        InvocationType: 'Event',
        Payload: Buffer.from(body),
      })
      const sent = clientOf(region).send(command, { abortSignal: signal })
      try {
        await untilAborted(sent, signal)
      } catch (error) {
        throw signal.aborted ? unavailable('Lambda did not answer in time') : deliveryErrorOf(error)
      }
    },
    async close() {
      requestHandler.destroy()
    },
  }
}

function refusal(message: string, status?: number): DeliveryError {
  return new DeliveryError(message, { isRetryable: false, isDestinationDown: false, status })
}

/** By its name and status alone: the text may quote what was sent. */
function deliveryErrorOf(error: unknown): DeliveryError {
  const { name, status, code } = describe(error)
  if (name === 'CredentialsProviderError') {
    return unavailable('no AWS credentials were found for Lambda in the environment')
  }
  if (status === undefined) return unavailable(`Lambda could not be reached: ${code ?? name}`)
  const text = `Lambda answered ${name} (${status})`
  const isOverloaded = status === THROTTLED_STATUS || status >= 500
  if (isOverloaded) return unavailable(text, status)
  if (status !== CONFLICT_STATUS) return refusal(text, status)
  return new DeliveryError(text, { isRetryable: true, isDestinationDown: false, status })
}

function unavailable(message: string, status?: number): DeliveryError {
  return new DeliveryError(message, { isRetryable: true, isDestinationDown: true, status })
}

interface Description {
  readonly name: string
  /** Of the answer; undefined when there was none. */
  readonly status: number | undefined
  /** Of what kept the connection from being. */
  readonly code: string | undefined
}

function describe(error: unknown): Description {
  if (!(error instanceof Error)) return { name: 'Error', status: undefined, code: undefined }
  const { name } = error
  const code = 'code' in error ? String(error.code) : undefined
  const metadata: unknown = '$metadata' in error ? error.$metadata : undefined
  const hasStatus =
    typeof metadata === 'object' && metadata !== null && 'httpStatusCode' in metadata
  const status = hasStatus ? metadata.httpStatusCode : undefined
  return { name, code, status: typeof status === 'number' ? status : undefined }
}
