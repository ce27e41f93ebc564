// Every rate of the table at its limit and one past it, and the rates together. On the wire:
// test/http/throttle.test.ts.
import { describe, expect, it } from 'vitest'
import { FrontDoorError } from '../base/api-error.ts'
import type { MemberArn } from '../base/arn.ts'
import { ThrottledClientException } from '../domain/errors.ts'
import {
  awsRates,
  relaxedRates,
  type RateKey,
  type RequestRate,
  type RequestRates,
} from '../domain/limits.ts'
import { identityOperations } from '../operations/identity-operations.ts'
import { messagingOperations } from '../operations/messaging-operations.ts'
import type { BearerCaller } from '../policies/caller.ts'
import { createThrottle, unlimited, type RequestToAdmit } from './throttle.ts'

const instance = 'arn:aws:chime:us-east-1:000000000000:app-instance/one'
const channel = `${instance}/channel/lobby`

function callerOf(name: string): BearerCaller {
  const arn = `${instance}/user/${name}` as MemberArn
  return { identity: { arn, name }, appInstanceArn: instance } as BearerCaller
}

/** Something that the key `per` names, as the input of a request has it. */
function requestFor(rate: RequestRate, name: string): RequestToAdmit {
  const inputs: Readonly<Record<RateKey, Readonly<Record<string, unknown>>>> = {
    account: {},
    'app-instance': { AppInstanceArn: `${instance}${name}` },
    user: { AppInstanceUserArn: `${instance}/user/${name}` },
    channel: { ChannelArn: `${instance}/channel/${name}` },
    resource: { ChannelArn: `${instance}/channel/${name}` },
    conversation: { ChannelArn: channel, SubChannelId: name },
    bearer: { ChannelArn: `${instance}/channel/${name}` },
  }
  return {
    operation: { service: rate.service, name: operationsOf(rate)[0] ?? '' },
    input: inputs[rate.per],
    caller: rate.service === 'messaging' ? callerOf(name) : undefined,
    accountId: name,
  }
}

function operationsOf(rate: RequestRate): readonly string[] {
  if (rate.operations !== 'all') return rate.operations
  return rate.service === 'messaging'
    ? ['SearchChannels', 'UpdateChannel']
    : ['ListTagsForResource']
}

function throttleOf(rates: RequestRates, isElastic = false) {
  let nowMs = 1_000
  const throttled: string[] = []
  const throttle = createThrottle({
    rates,
    clock: { monotonicMs: () => nowMs },
    metrics: { requestThrottled: (operation, per) => throttled.push(`${operation} ${per}`) },
    isElasticChannel: async () => isElastic,
  })
  return {
    throttle,
    throttled,
    advance: (spanMs: number) => (nowMs += spanMs),
    async refusal(request: RequestToAdmit): Promise<unknown> {
      try {
        await throttle.admit(request)
        return undefined
      } catch (error) {
        return error
      }
    },
  }
}

/** How many of `attempts` are let in. */
async function admitted(
  subject: ReturnType<typeof throttleOf>,
  request: RequestToAdmit,
  attempts: number,
): Promise<number> {
  let count = 0
  for (let left = attempts; left > 0; left -= 1) {
    if ((await subject.refusal(request)) === undefined) count += 1
  }
  return count
}

const rows = awsRates.requests.map((rate) => {
  const names = rate.operations === 'all' ? 'all' : rate.operations.join(', ')
  return { title: `${rate.service} ${names}: ${rate.perSecond}/s per ${rate.per}`, rate }
})

describe('each rate of the table, by itself', () => {
  it.each(rows)('$title', async ({ rate }) => {
    const subject = throttleOf({ ...awsRates, requests: [rate] })
    const burst = rate.perSecond * 2
    expect(await admitted(subject, requestFor(rate, 'one'), burst)).toBe(burst)
    const refusal = await subject.refusal(requestFor(rate, 'one'))
    expect(refusal).toBeInstanceOf(
      rate.service === 'sts' ? FrontDoorError : ThrottledClientException,
    )
    expect((refusal as Error).message).toContain(
      `Rate exceeded: ${rate.perSecond} request${rate.perSecond === 1 ? '' : 's'} a second`,
    )
    // Others have their own bucket.
    expect(await admitted(subject, requestFor(rate, 'two'), 1)).toBe(1)
    subject.advance(Math.floor(1_000 / rate.perSecond) - 0.5)
    expect(await admitted(subject, requestFor(rate, 'one'), 1)).toBe(0)
    subject.advance(1.5)
    expect(await admitted(subject, requestFor(rate, 'one'), 1)).toBe(1)
    expect(subject.throttled.every((line) => line.endsWith(` ${rate.per}`))).toBe(true)
  })

  it.each(rows)('$title: its operations share the bucket', async ({ rate }) => {
    const subject = throttleOf({ ...awsRates, requests: [rate] })
    const requests = operationsOf(rate).map((name) => ({
      ...requestFor(rate, 'one'),
      operation: { service: rate.service, name },
    }))
    let count = 0
    for (let turn = 0; turn < rate.perSecond * 3; turn += 1) {
      count += await admitted(subject, requests[turn % requests.length]!, 1)
    }
    expect(count).toBe(rate.perSecond * 2)
  })

  it('names operations that exist, and none twice', () => {
    const known = new Set([...Object.keys(messagingOperations), ...Object.keys(identityOperations)])
    const named = awsRates.requests.flatMap(({ operations }) =>
      operations === 'all' ? [] : operations,
    )
    expect(named.filter((name) => !known.has(name))).toEqual([])
    expect(new Set(named).size).toBe(named.length)
  })
})

const memberships = awsRates.requests.find((rate) => rate.perSecondIfElastic !== undefined)!

function sendOf(name: string, channelArn: string, subChannelId?: string): RequestToAdmit {
  return {
    operation: { service: 'messaging', name: 'SendChannelMessage' },
    input: { ChannelArn: channelArn, SubChannelId: subChannelId },
    caller: callerOf(name),
    accountId: '000000000000',
  }
}

function callOf(
  service: 'messaging' | 'identity',
  name: string,
  input: RequestToAdmit['input'],
): RequestToAdmit {
  return { operation: { service, name }, input, caller: undefined, accountId: '000000000000' }
}

describe('all rates together', () => {
  it('a bearer has 20 at once whatever it calls, and 10 a second', async () => {
    const subject = throttleOf(awsRates)
    let count = 0
    for (let number = 0; number < 30; number += 1) {
      count += await admitted(subject, sendOf('ana', `${instance}/channel/${number}`), 1)
    }
    expect(count).toBe(20)
    subject.advance(1_000)
    expect(await admitted(subject, sendOf('ana', channel), 30)).toBe(10)
  })

  it('what is refused by one rate is not counted by another', async () => {
    const subject = throttleOf(awsRates)
    for (const name of ['a', 'b', 'c']) await admitted(subject, sendOf(name, channel), 20)
    // The channel's 60 are gone; dora's refused attempts cost dora nothing.
    expect(await admitted(subject, sendOf('dora', channel), 50)).toBe(0)
    expect(await admitted(subject, sendOf('dora', `${channel}2`), 50)).toBe(20)
  })

  it('sub-channels have buckets of their own, and a callback names its in the message', async () => {
    const rates = { ...awsRates, requests: awsRates.requests.filter(({ per }) => per !== 'bearer') }
    const subject = throttleOf(rates)
    expect(await admitted(subject, sendOf('ana', channel, 'sub-1'), 70)).toBe(60)
    expect(await admitted(subject, sendOf('ana', channel, 'sub-2'), 70)).toBe(60)
    const callback = {
      operation: { service: 'messaging', name: 'ChannelFlowCallback' },
      input: { ChannelArn: channel, ChannelMessage: { MessageId: '1', SubChannelId: 'sub-1' } },
      caller: undefined,
      accountId: '000000000000',
    }
    expect(await admitted(subject, callback, 1)).toBe(0)
  })

  it('elastic channels take twice as many changes of members', async () => {
    const request = requestFor(memberships, 'one')
    const rates = { ...awsRates, requests: [memberships] }
    expect(await admitted(throttleOf(rates, true), request, 70)).toBe(60)
    expect(await admitted(throttleOf(rates, false), request, 70)).toBe(30)
  })

  it('users and channels count for the app instance that they belong to', async () => {
    const subject = throttleOf(awsRates)
    const update = { AppInstanceUserArn: `${instance}/user/us-east-1:a` }
    await admitted(subject, callOf('identity', 'UpdateAppInstanceUser', update), 20)
    const create = callOf('identity', 'CreateAppInstanceUser', { AppInstanceArn: instance })
    expect(await admitted(subject, create, 1)).toBe(0)
    await admitted(subject, callOf('messaging', 'UpdateChannel', { ChannelArn: channel }), 30)
    const made = callOf('messaging', 'CreateChannel', { AppInstanceArn: instance })
    expect(await admitted(subject, made, 1)).toBe(0)
  })

  it('IAM is told in the words of the query protocol', async () => {
    const rate: RequestRate = { service: 'iam', operations: 'all', per: 'account', perSecond: 1 }
    const subject = throttleOf({ ...awsRates, requests: [rate] })
    await admitted(subject, requestFor(rate, 'one'), 2)
    const refusal = await subject.refusal(requestFor(rate, 'one'))
    expect(refusal).toMatchObject({ wireName: 'Throttling', status: 400 })
  })
})

describe('the early look at the bearer', () => {
  const request = {
    operation: { service: 'messaging', name: 'ListChannels' },
    input: { AppInstanceArn: instance },
    caller: callerOf('ana'),
    accountId: '000000000000',
  }

  it('refuses one that has used up its rate, and counts nothing by itself', async () => {
    const subject = throttleOf(awsRates)
    for (let number = 0; number < 100; number += 1) subject.throttle.checkBearer(request)
    expect(await admitted(subject, request, 30)).toBe(20)
    expect(() => subject.throttle.checkBearer(request)).toThrow(ThrottledClientException)
    subject.throttle.checkBearer({ ...request, caller: callerOf('bo') })
    subject.throttle.checkBearer({ ...request, caller: undefined })
  })
})

describe('the relaxed profile', () => {
  it('is no throttle at all', () => {
    expect(throttleOf(relaxedRates).throttle).toBe(unlimited)
  })
})
