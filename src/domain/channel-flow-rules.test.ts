// What a flow may be made of.
import { describe, expect, test } from 'vitest'
import { requireProcessors } from './channel-flow-rules.ts'
import type { ChannelFlowProcessor } from './channel-flow.ts'
import { BadRequestException } from './errors.ts'

const scope = { region: 'us-east-1', accountId: '123456789012' }

function processor(executionOrder: number): ChannelFlowProcessor {
  const lambdaArn = 'arn:aws:lambda:us-east-1:123456789012:function:f'
  const fallbackAction = 'CONTINUE'
  return { name: 'P', lambdaArn, invocationType: 'ASYNC', executionOrder, fallbackAction }
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
