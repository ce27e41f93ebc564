// How often requests may come: counts them against the rates of domain/limits.ts.
import { FrontDoorError } from '../base/api-error.ts'
import type { Clock } from '../base/clock.ts'
import { ThrottledClientException } from '../domain/errors.ts'
import {
  BURST_SECONDS,
  rateText,
  type RateKey,
  type RequestRate,
  type RequestRates,
} from '../domain/limits.ts'
import { TokenBuckets, type BucketRate } from '../domain/token-bucket.ts'
import type { Metrics } from '../observability/metrics.ts'
import type { BearerCaller } from '../policies/caller.ts'

/** A request that is about to be carried out. */
export interface RequestToAdmit {
  readonly operation: { readonly service: string; readonly name: string }
  readonly input: Readonly<Record<string, unknown>>
  readonly caller: BearerCaller | undefined
  readonly accountId: string
}

export interface Throttle {
  /**
   * Refuses a bearer that has used up its rate, before its input is looked at. Counts nothing, as
   * the credential may have no right to speak for that bearer. Throws ThrottledClientException.
   */
  checkBearer(request: Pick<RequestToAdmit, 'operation' | 'caller'>): void
  /**
   * Counts a request; one that comes too soon counts for nothing. Throws, or rejects with,
   * ThrottledClientException; for IAM and STS it is the query protocol's Throttling. A promise only
   * where the store must be asked.
   */
  admit(request: RequestToAdmit): void | Promise<void>
}

/** Buckets in all: each lives for two seconds, so this is far above what one node can serve. */
// evidence: inferred (some 10 MB, 30 MB if somebody makes up keys as long as they may be)
const BUCKETS_MAX = 50_000

export interface ThrottleOptions {
  readonly rates: RequestRates
  readonly clock: Pick<Clock, 'monotonicMs'>
  readonly metrics: Pick<Metrics, 'requestThrottled'>
  /** Asked only for rates that differ for elastic channels. */
  readonly isElasticChannel: (channelArn: string, caller: BearerCaller) => Promise<boolean>
}

/** A throttle of its own count; without rates it admits everything and costs nothing. */
export function createThrottle(options: ThrottleOptions): Throttle {
  return options.rates.requests.length === 0 ? unlimited : new CountingThrottle(options)
}

/** Admits everything. */
export const unlimited: Throttle = { checkBearer() {}, admit() {} }

/** What one request would take. */
interface Claim {
  readonly rate: RequestRate
  readonly key: string
  readonly bucket: BucketRate
}

const NO_RATES: readonly RequestRate[] = []

class CountingThrottle implements Throttle {
  readonly #options: ThrottleOptions
  readonly #buckets = new TokenBuckets(BUCKETS_MAX)
  /** By service and operation, filled as they come: there are as many as operations. */
  readonly #ratesOf = new Map<string, readonly RequestRate[]>()

  constructor(options: ThrottleOptions) {
    this.#options = options
  }

  checkBearer({ operation, caller }: Pick<RequestToAdmit, 'operation' | 'caller'>): void {
    if (caller === undefined) return
    const claims = this.#claims({ operation, caller, input: {}, accountId: '' }, false)
    const ofBearer = claims.filter(({ rate }) => rate.per === 'bearer')
    this.#require(operation, ofBearer, this.#options.clock.monotonicMs())
  }

  admit(request: RequestToAdmit): void | Promise<void> {
    const { ChannelArn } = request.input
    const { caller } = request
    const mayBeElastic = this.#rates(request).some((rate) => rate.perSecondIfElastic !== undefined)
    if (mayBeElastic && caller !== undefined && typeof ChannelArn === 'string') {
      const isElastic = this.#options.isElasticChannel(ChannelArn, caller)
      return isElastic.then((elastic) => this.#admit(request, elastic))
    }
    this.#admit(request, false)
  }

  /** All or none, so that a client that is refused does not use up what others share with it. */
  #admit(request: RequestToAdmit, isElastic: boolean): void {
    const claims = this.#claims(request, isElastic)
    const nowMs = this.#options.clock.monotonicMs()
    this.#require(request.operation, claims, nowMs)
    for (const { key, bucket } of claims) this.#buckets.take(key, nowMs, bucket)
  }

  #claims(request: RequestToAdmit, isElastic: boolean): Claim[] {
    const claims: Claim[] = []
    for (const rate of this.#rates(request)) {
      const key = KEYS[rate.per](request)
      if (key === undefined) continue
      const perSecond = isElastic ? (rate.perSecondIfElastic ?? rate.perSecond) : rate.perSecond
      const name = `${this.#options.rates.requests.indexOf(rate)} ${key}`
      claims.push({ rate, key: name, bucket: { perSecond, burst: perSecond * BURST_SECONDS } })
    }
    return claims
  }

  #require(operation: RequestToAdmit['operation'], claims: readonly Claim[], nowMs: number): void {
    const refusing = claims.find(({ key, bucket }) => !this.#buckets.has(key, nowMs, bucket))
    if (refusing === undefined) return
    const { rate, bucket } = refusing
    this.#options.metrics.requestThrottled(operation.name, rate.per)
    const text = rateText(rate, bucket.perSecond)
    // evidence: docs STS CommonErrors (Throttling, 400) | model (ThrottledClientException, 429)
    if (rate.service === 'iam' || rate.service === 'sts') {
      throw new FrontDoorError('Throttling', 400, text)
    }
    throw new ThrottledClientException(text)
  }

  #rates({ operation: { service, name } }: RequestToAdmit): readonly RequestRate[] {
    const known = this.#ratesOf.get(`${service} ${name}`)
    if (known !== undefined) return known
    const rates = this.#options.rates.requests.filter(
      (rate) =>
        rate.service === service && (rate.operations === 'all' || rate.operations.includes(name)),
    )
    const kept = rates.length === 0 ? NO_RATES : rates
    this.#ratesOf.set(`${service} ${name}`, kept)
    return kept
  }
}

/** Whose bucket a request takes from; undefined when it names none. */
const KEYS: Readonly<Record<RateKey, (request: RequestToAdmit) => string | undefined>> = {
  account: ({ accountId }) => accountId,
  'app-instance': ({ input }) =>
    appInstanceOf(
      textOf(input['AppInstanceArn']) ??
        textOf(input['AppInstanceUserArn']) ??
        textOf(input['ChannelArn']),
    ),
  user: ({ input, caller }) => textOf(input['AppInstanceUserArn']) ?? caller?.identity.arn,
  channel: ({ input }) => textOf(input['ChannelArn']),
  resource: ({ input }) => textOf(input['ChannelArn']),
  conversation: ({ input }) => `${textOf(input['ChannelArn']) ?? ''} ${subChannelOf(input)}`,
  bearer: ({ caller }) => caller?.identity.arn,
}

/** A flow's callback names the sub-channel within the message. */
function subChannelOf(input: RequestToAdmit['input']): string {
  const message = input['ChannelMessage'] as { readonly SubChannelId?: unknown } | undefined
  return textOf(input['SubChannelId']) ?? textOf(message?.SubChannelId) ?? ''
}

/** The ARN up to the id of the app instance; whether it names anything is not decided here. */
function appInstanceOf(arn: string | undefined): string | undefined {
  const end = arn?.indexOf('/', arn.indexOf('/') + 1) ?? -1
  return end < 0 ? arn : arn?.slice(0, end)
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}
