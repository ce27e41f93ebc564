// Asks processors of channel flows by Lambda's Invoke API, or whatever speaks it at
// AWS_ENDPOINT_URL_LAMBDA.
import { InvokeCommand, LambdaClient, LambdaServiceException } from '@aws-sdk/client-lambda'
import type { Clock } from '../base/clock.ts'
import { DeliveryError } from '../domain/delivery-error.ts'
import type { LambdaTarget } from '../domain/outbound-mapping.ts'
import type { ProcessorInvoker } from '../ports/processor-invoker.ts'
import { awsFailureOf } from './aws-failure.ts'
import { RegionalClients } from './regional-clients.ts'
import { untilAborted } from './until-aborted.ts'

/** `arn:PARTITION:lambda:REGION:ACCOUNT:function:NAME`, perhaps with `:ALIAS`. */
const FUNCTION_ARN = /^arn:[^:]+:lambda:([^:]+):[^:]*:function:([^:]+)(?::([^:]+))?$/

/** A function that is being made or changed takes nothing for a while. */
// evidence: docs Lambda Invoke, ResourceConflictException
const CONFLICT_STATUS = 409

/** The credentials of the environment are used, as AWS's own programs find them. */
export function createLambdaInvoker(clock: Clock): ProcessorInvoker<LambdaTarget> {
  const clients = new RegionalClients((settings) => new LambdaClient(settings))
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
      const sent = clients.of(region).send(command, { abortSignal: signal })
      try {
        await untilAborted(sent, signal)
      } catch (error) {
        if (signal.aborted) throw unavailable('Lambda did not answer in time')
        throw deliveryErrorOf(error, clock.now())
      }
    },
    async close() {
      clients.close()
    },
  }
}

function refusal(message: string, status?: number): DeliveryError {
  return new DeliveryError(message, { isRetryable: false, isDestinationDown: false, status })
}

function deliveryErrorOf(error: unknown, now: number): DeliveryError {
  const { name, status, code, isThrottled, isOfSigner, retryAfterMs } = awsFailureOf(error, now)
  if (name === 'CredentialsProviderError') {
    return unavailable('no AWS credentials were found for Lambda in the environment')
  }
  if (isOfAnotherService(error)) {
    return unavailable(`no AWS credentials were given for Lambda: ${name}`)
  }
  if (status === undefined) return unavailable(`Lambda could not be reached: ${code ?? name}`)
  const text = `Lambda answered ${name} (${status})`
  if (isThrottled || isOfSigner || status >= 500) return unavailable(text, status, retryAfterMs)
  if (status !== CONFLICT_STATUS) return refusal(text, status)
  return new DeliveryError(text, { isRetryable: true, isDestinationDown: false, status })
}

/** Of the one that gives out credentials, which is asked before Lambda is. */
function isOfAnotherService(error: unknown): boolean {
  return error instanceof Error && '$fault' in error && !(error instanceof LambdaServiceException)
}

function unavailable(message: string, status?: number, retryAfterMs?: number): DeliveryError {
  const isDown = { isRetryable: true, isDestinationDown: true }
  return new DeliveryError(message, { ...isDown, status, retryAfterMs })
}
