// What a flow may be made of, and what becomes of messages whose processors cannot be invoked.
import { describe, expect, test } from 'vitest'
import { appInstanceArnOf, arnWithin } from '../base/arn.ts'
import { requireProcessors, statusWithoutProcessors } from './channel-flow-rules.ts'
import type { ChannelFlow, ChannelFlowProcessor } from './channel-flow.ts'
import { BadRequestException } from './errors.ts'

const scope = { region: 'us-east-1', accountId: '123456789012' }

function processor(
  executionOrder: number,
  fallbackAction: ChannelFlowProcessor['fallbackAction'] = 'CONTINUE',
): ChannelFlowProcessor {
  const lambdaArn = 'arn:aws:lambda:us-east-1:123456789012:function:f'
  return { name: 'P', lambdaArn, invocationType: 'ASYNC', executionOrder, fallbackAction }
}

function flow(...fallbacks: ChannelFlowProcessor['fallbackAction'][]): ChannelFlow {
  return {
    arn: arnWithin(appInstanceArnOf(scope, 'one'), 'channel-flow', 'f'),
    name: 'Flow',
    processors: fallbacks.map((fallback, index) => processor(index + 1, fallback)),
    createdAt: 1,
    lastUpdatedAt: 1,
  }
}

describe('processors', () => {
  test('may have gaps in their order and stand in any', () => {
    expect(() => requireProcessors([processor(3), processor(1)], scope)).not.toThrow()
  })

  test('are refused by the place of the one that is wrong', () => {
    expect(() => requireProcessors([processor(2), processor(1), processor(2)], scope)).toThrow(
      new BadRequestException(
        'Processors[2].ExecutionOrder must be unique, but another processor has 2, too',
      ),
    )
  })

  test('must be of the same region and account', () => {
    const member = 'Processors[0].Configuration.Lambda.ResourceArn'
    const elsewhere = { ...scope, region: 'eu-central-1' }
    expect(() => requireProcessors([processor(1)], elsewhere)).toThrow(
      new BadRequestException(`${member} must be in the region eu-central-1`),
    )
    const others = { ...scope, accountId: '000000000000' }
    expect(() => requireProcessors([processor(1)], others)).toThrow(
      new BadRequestException(`${member} must be in the account 000000000000`),
    )
  })

  test('may be of any region where that of the server has no name that an ARN of Lambda can hold', () => {
    const local = { ...scope, region: 'local' }
    expect(() => requireProcessors([processor(1)], local)).not.toThrow()
    expect(() => requireProcessors([processor(1)], { ...local, accountId: '0' })).toThrow('account')
  })
})

test.each([
  [['CONTINUE'], 'SENT'],
  [['CONTINUE', 'CONTINUE', 'CONTINUE'], 'SENT'],
  [['ABORT'], 'FAILED'],
  [['CONTINUE', 'CONTINUE', 'ABORT'], 'FAILED'],
  [['ABORT', 'CONTINUE'], 'FAILED'],
] as const)('with the fallbacks %j a STANDARD message is %s, a CONTROL one SENT', (all, status) => {
  expect(statusWithoutProcessors(flow(...all), 'STANDARD')).toBe(status)
  expect(statusWithoutProcessors(flow(...all), 'CONTROL')).toBe('SENT')
})
