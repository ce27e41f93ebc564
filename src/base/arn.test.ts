// What is an ARN of ours, where ids hold what no AWS ARN does.
import { describe, expect, it } from 'vitest'
import { asArnOf, parseArn } from './arn.ts'

const USER = 'arn:aws:chime:us-east-1:000000000000:app-instance/app/user/ann'

describe('parseArn', () => {
  it('takes ids with any text but a slash and U+0000', () => {
    expect(parseArn(`${USER}:of é`)?.id).toBe('ann:of é')
    expect(parseArn(`${USER}/more`)).toBeUndefined()
    expect(parseArn(`${USER}\0`)).toBeUndefined()
    expect(asArnOf(`${USER}\0`, 'user')).toBeUndefined()
  })
})
