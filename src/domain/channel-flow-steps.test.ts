// The way of a message through a flow, as pure steps: order of processors, answers, failures.
import { describe, expect, test } from 'vitest'
import { appInstanceArnOf, arnWithin } from '../base/arn.ts'
import {
  CALLBACK_DEADLINE_MS,
  firstStep,
  isProcessed,
  planInvocation,
  progressAfterAnswer,
  progressAfterFailure,
  type FlowAnswer,
  type FlowProgress,
  type FlowStep,
} from './channel-flow-steps.ts'
import type { ChannelFlowProcessor } from './channel-flow.ts'
import type { ChannelMessage, MessageId } from './channel-message.ts'

const appInstanceArn = appInstanceArnOf({ region: 'us-east-1', accountId: '123456789012' }, 'one')

const message: ChannelMessage = {
  channelArn: arnWithin(appInstanceArn, 'channel', 'lobby'),
  subChannelId: '',
  sender: { arn: arnWithin(appInstanceArn, 'user', 'ana'), name: 'Ana' },
  type: 'STANDARD',
  persistence: 'PERSISTENT',
  content: 'said',
  metadata: 'meta',
  contentType: 'text/plain',
  messageAttributes: { topic: ['food'] },
  pushNotification: { title: 'T', type: 'DEFAULT' },
  messageId: 'm1' as MessageId,
  createdAt: 1,
  lastUpdatedAt: 1,
  redacted: false,
  status: 'PENDING',
}

const created = { change: 'CREATE', message, channelCreatedAt: 1 } as const
const edited = { ...created, change: 'UPDATE' } as const

type Fallback = ChannelFlowProcessor['fallbackAction']

function processor(executionOrder: number, fallbackAction: Fallback): ChannelFlowProcessor {
  const name = `P${executionOrder}`
  const lambdaArn = `arn:aws:lambda:us-east-1:123456789012:function:${name}`
  return { name, lambdaArn, invocationType: 'ASYNC', executionOrder, fallbackAction }
}

const flow = (...fallbacks: Fallback[]) =>
  fallbacks.map((fallback, index) => processor(index + 1, fallback))

const accepted: FlowAnswer = { isDenied: false }

function stepOf(progress: FlowProgress): FlowStep {
  if (progress.outcome !== 'ASKS') throw new Error(`it is ${progress.outcome}`)
  return progress.step
}

describe('a flow', () => {
  test('asks its processors one after another in the order of their numbers, and then sends', () => {
    const [one, two, three] = flow('ABORT', 'ABORT', 'ABORT')
    let step = firstStep(created, [three!, one!, two!])
    const asked = [step.processor.name]
    for (let count = 0; count < 2; count++) {
      step = stepOf(progressAfterAnswer(step, accepted))
      asked.push(step.processor.name)
    }
    expect(asked).toEqual(['P1', 'P2', 'P3'])
    expect(progressAfterAnswer(step, accepted)).toEqual({ outcome: 'SENT', message })
  })

  test('is there for STANDARD messages alone', () => {
    expect([isProcessed({ type: 'STANDARD' }), isProcessed({ type: 'CONTROL' })]).toEqual([
      true,
      false,
    ])
  })

  test('needs a processor', () => {
    expect(() => firstStep(created, [])).toThrow('processors')
  })
})

describe('an answer', () => {
  const step = firstStep(created, flow('ABORT', 'ABORT'))

  test('replaces what it gives, for the next processor too, and nothing else', () => {
    const changes = [
      { content: 'changed' },
      { metadata: '' },
      { contentType: 'text/x' },
      { messageAttributes: {} },
      { pushNotification: { body: 'B', type: 'VOIP' } },
    ] as const
    for (const change of changes) {
      const next = stepOf(progressAfterAnswer(step, { isDenied: false, ...change }))
      expect(next.message).toEqual({ ...message, ...change })
    }
    const all = Object.assign({}, ...changes) as object
    const answer = { isDenied: false, ...all } as FlowAnswer
    expect(stepOf(progressAfterAnswer(step, answer)).message).toEqual({ ...message, ...all })
  })

  test('that denies ends the flow, whatever processors are left', () => {
    expect(progressAfterAnswer(step, { isDenied: true })).toEqual({ outcome: 'DENIED', message })
  })

  test('about an edit pushes nothing', () => {
    const edit = firstStep(edited, flow('ABORT'))
    const answer = { isDenied: false, pushNotification: { body: 'B', type: 'DEFAULT' } } as const
    expect(progressAfterAnswer(edit, answer)).toEqual({
      outcome: 'SENT',
      message: { ...message, pushNotification: undefined },
    })
  })
})

test.each([
  [['ABORT'], 'FAILED'],
  [['CONTINUE'], 'SENT'],
  [['CONTINUE', 'CONTINUE', 'CONTINUE'], 'SENT'],
  [['CONTINUE', 'CONTINUE', 'ABORT'], 'FAILED'],
  [['ABORT', 'CONTINUE', 'CONTINUE'], 'FAILED'],
] as const)('when none of the processors %j can be invoked, the message is %s', (all, outcome) => {
  let progress = progressAfterFailure(firstStep(created, flow(...all)))
  while (progress.outcome === 'ASKS') progress = progressAfterFailure(progress.step)
  expect(progress).toEqual({ outcome, message })
})

test('a failure that continues keeps what processors before it have changed', () => {
  const first = firstStep(created, flow('ABORT', 'CONTINUE', 'ABORT'))
  const second = stepOf(progressAfterAnswer(first, { isDenied: false, content: 'changed' }))
  const third = stepOf(progressAfterFailure(second))
  expect([third.processor.name, third.message.content]).toEqual(['P3', 'changed'])
})

test('a processor is asked under its own id, at its own destination, for 48 hours', () => {
  const step = firstStep(edited, flow('ABORT'))
  expect(planInvocation(step, 'id', 1000)).toEqual({
    callback: {
      callbackId: 'id',
      channelArn: message.channelArn,
      messageId: 'm1',
      expiresAt: 1000 + CALLBACK_DEADLINE_MS,
      state: 'WAITING',
      step,
    },
    entry: {
      kind: 'processor',
      target: step.processor.lambdaArn,
      orderingKey: '',
      content: { callbackId: 'id' },
    },
  })
  expect(CALLBACK_DEADLINE_MS).toBe(172_800_000)
})

test('a step is the same after JSON', () => {
  const step = firstStep(created, flow('ABORT', 'CONTINUE'))
  expect(JSON.parse(JSON.stringify(step))).toEqual(step)
})
