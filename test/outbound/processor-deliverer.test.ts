// When a processor is asked and when not any more, over a real store and a real webhook.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { systemClock } from '../../src/base/clock.ts'
import { firstStep, planInvocation } from '../../src/domain/channel-flow-steps.ts'
import type { ChannelMessage } from '../../src/domain/channel-message.ts'
import { createOutboundMapping } from '../../src/domain/outbound-mapping.ts'
import type { OutboxEntry } from '../../src/domain/outbox.ts'
import { createLambdaInvoker } from '../../src/integrations/lambda-invoker.ts'
import { createWebhookClient } from '../../src/integrations/webhook-client.ts'
import { createWebhookInvoker } from '../../src/integrations/webhook-invoker.ts'
import { createMetrics } from '../../src/observability/metrics.ts'
import { createProcessorDeliverer } from '../../src/outbound/deliveries/processor-deliverer.ts'
import { agesFrom, nextAttemptAt } from '../../src/outbound/dispatch/retry.ts'
import { createSqliteStore } from '../../src/storage/sqlite/sqlite-store.ts'
import {
  addSubChannel,
  channelArn,
  conversation,
  createManualClock,
  createRecordedEvents,
  draft,
  furnish,
} from '../contract/store-world.ts'
import { startFaultyServer } from '../harness/faulty-server.ts'
import { silent } from '../harness/silent-logger.ts'

const ARN = 'arn:aws:lambda:us-east-1:000000000000:function:f'
const UNMAPPED = 'arn:aws:lambda:us-east-1:000000000000:function:other'
const { signal } = new AbortController()

async function openWorld() {
  const directory = await mkdtemp(join(tmpdir(), 'carillon-deliverer-'))
  const clock = createManualClock()
  const metrics = createMetrics()
  const store = createSqliteStore({
    file: join(directory, 'store.sqlite'),
    clock,
    committedEvents: createRecordedEvents(),
    metrics,
    logger: silent,
    onFatal(error) {
      throw error
    },
  })
  await store.start()
  await furnish(store)
  const asked: string[] = []
  const server = await startFaultyServer((headers) => {
    asked.push(String(headers['x-carillon-id']))
    return { status: 200 }
  })
  const webhook = { kind: 'webhook', url: server.url, secret: 'a secret of the test' } as const
  const mapping = createOutboundMapping({
    processors: { [ARN]: webhook },
    streams: {},
    push: {},
    bots: {},
  })
  const webhooks = createWebhookClient(clock)
  const invokers = {
    lambda: createLambdaInvoker(systemClock),
    webhook: createWebhookInvoker(webhooks),
  }
  const deliverer = createProcessorDeliverer({
    store,
    mapping,
    invokers,
    clock,
    logger: silent,
    metrics,
  })
  return {
    store,
    asked,
    deliverer,
    clock,
    async close() {
      await deliverer.close?.()
      webhooks.close()
      await server[Symbol.asyncDispose]()
      await store.close()
      await rm(directory, { recursive: true })
    },
  }
}

let world: Awaited<ReturnType<typeof openWorld>>
beforeEach(async () => {
  world = await openWorld()
})
afterEach(() => world.close())

/** A message that waits for a processor, and the entry that asks it. */
async function waiting(callbackId: string, lambdaArn = ARN, subChannelId = '') {
  const { store, clock } = world
  const written = { ...draft('one', 'a'), subChannelId }
  const message = await store.transact((tx) => tx.messages.append(written, 'PENDING'))
  const invocationType = 'ASYNC'
  const fallbackAction = 'ABORT'
  const processor = { name: 'P', lambdaArn, invocationType, executionOrder: 1, fallbackAction }
  const channel = await store.read.channels.find(message.channelArn)
  const subject = { change: 'CREATE', message, channelCreatedAt: channel!.createdAt } as const
  const step = firstStep(subject, [{ ...processor, invocationType, fallbackAction }])
  const { callback } = planInvocation(step, callbackId, clock.now())
  await store.transact(async (tx) => tx.flowCallbacks.insert(callback))
  const entry: OutboxEntry<'processor'> = {
    kind: 'processor',
    target: lambdaArn,
    orderingKey: '',
    content: { callbackId },
    entryId: 1,
    createdAt: clock.now(),
    attemptsCount: 0,
    dueAt: clock.now(),
  }
  const statusOf = async () => (await find(message))?.status
  return { entry, callback, statusOf, deliver: () => deliver(entry) }
}
const find = (message: ChannelMessage) => world.store.read.messages.find(message, message.messageId)
const deliver = async (entry: OutboxEntry<'processor'>) => {
  const [outcome] = await world.deliverer.deliver(entry.target, [entry], signal)
  return outcome?.outcome
}
const giveUp = (entry: OutboxEntry<'processor'>) =>
  world.store.transact((tx) => world.deliverer.giveUp!(tx, entry, 'it failed'))

test('a processor is asked as often as it is delivered to, until it has answered', async () => {
  const { callback, deliver: again } = await waiting('one')
  expect([await again(), await again()]).toEqual(['delivered', 'delivered'])
  expect(world.asked).toEqual(['one', 'one'])
  await world.store.transact(async (tx) => tx.flowCallbacks.answer(callback, 'hash'))
  expect(await again()).toBe('delivered')
  expect(world.asked.length).toBe(2)
})

test('nothing leaves of a channel that was deleted', async () => {
  const { deliver: again } = await waiting('one')
  await world.store.transact(async (tx) => tx.channels.remove(channelArn('one')))
  expect(await again()).toBe('delivered')
  expect(world.asked).toEqual([])
})

test('nothing leaves of a sub-channel that was taken apart', async () => {
  await addSubChannel(world.store, 'one', 'left')
  await addSubChannel(world.store, 'one', 'right')
  const [left, right] = [await waiting('one', ARN, 'left'), await waiting('two', ARN, 'right')]
  await world.store.transact(async (tx) => tx.subChannels.remove(conversation('one', 'left')))
  expect([await left.deliver(), await right.deliver()]).toEqual(['delivered', 'delivered'])
  expect(world.asked).toEqual(['two'])
})

test('of a batch each has its own outcome', async () => {
  const [good, bad] = [await waiting('good'), await waiting('bad', UNMAPPED)]
  const outcomes = await world.deliverer.deliver(ARN, [good.entry, good.entry], signal)
  expect(outcomes.map(({ outcome }) => outcome)).toEqual(['delivered', 'delivered'])
  expect(await bad.deliver()).toBe('refused')
  expect(world.asked).toEqual(['good', 'good'])
})

test('what is given up fails, unless it was answered', async () => {
  const [failed, answered] = [await waiting('failed'), await waiting('answered')]
  await world.store.transact(async (tx) => tx.flowCallbacks.answer(answered.callback, 'hash'))
  expect([await giveUp(failed.entry), await giveUp(answered.entry)]).toEqual(['remove', 'remove'])
  expect([await failed.statusOf(), await answered.statusOf()]).toEqual(['FAILED', 'PENDING'])
  expect(await world.store.read.flowCallbacks.find('failed')).toMatchObject({ state: 'ENDED' })
})

test('a question that waited for the server has the three attempts of any other', () => {
  const policy = world.deliverer.policyOf(ARN)
  const hourMs = 3_600_000
  const next = (attemptsCount: number, now: number) =>
    nextAttemptAt({ attemptsCount, agesFrom: agesFrom(0, policy, hourMs) }, policy, now, 1)
  const second = next(0, hourMs + policy.attemptMsMax)
  const third = next(1, second! + policy.attemptMsMax)
  expect([second, third]).toEqual([hourMs + 15_000, hourMs + 35_000])
  expect(next(2, third!)).toBeUndefined()
})
