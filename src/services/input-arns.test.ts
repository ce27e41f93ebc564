// Which ARNs an input may hold, and the errors for the others.
import { expect, test } from 'vitest'
import { appInstanceArnOf as arnOf, arnWithin } from '../base/arn.ts'
import { BadRequestException, ForbiddenException } from '../domain/errors.ts'
import {
  appInstanceArnOf,
  appInstanceUserArnOf,
  channelArnOf,
  INVALID_MEMBER_ARN_TEXT,
  memberArnOf,
  ownAppInstanceArnOf,
  requestedMembers,
  targetArnOf,
} from './input-arns.ts'

const own = arnOf({ region: 'us-east-1', accountId: '0' }, 'one')
const foreign = arnOf({ region: 'us-east-1', accountId: '0' }, 'one2')
const elsewhere = arnOf({ region: 'eu-central-1', accountId: '0' }, 'one')
const ana = arnWithin(own, 'user', 'us-east-1:4711')
const caller = { identity: { arn: ana, name: 'Ana' }, appInstanceArn: own }

test('a channel must be one of the caller’s app instance', () => {
  const lobby = arnWithin(own, 'channel', 'lobby')
  expect(channelArnOf(lobby, caller)).toBe(lobby)
  expect(() => channelArnOf(ana, caller)).toThrow(ForbiddenException)
  expect(() => channelArnOf('lobby', caller)).toThrow('ChannelArn is not the ARN of')
  for (const root of [foreign, elsewhere]) {
    expect(() => channelArnOf(`${root}/channel/lobby`, caller)).toThrow(ForbiddenException)
  }
})

test('an app instance must be one, and with a bearer the bearer’s', () => {
  expect(appInstanceArnOf(foreign)).toBe(foreign)
  expect(() => appInstanceArnOf(ana)).toThrow(ForbiddenException)
  expect(ownAppInstanceArnOf(own, caller)).toBe(own)
  expect(() => ownAppInstanceArnOf(elsewhere, caller)).toThrow(ForbiddenException)
})

test('a member must be a user or bot of the app instance', () => {
  const bot = arnWithin(own, 'bot', 'clerk')
  expect(memberArnOf(ana, own)).toBe(ana)
  expect(memberArnOf(bot, own)).toBe(bot)
  expect(appInstanceUserArnOf(ana)).toBe(ana)
  const wrong = [own, arnWithin(own, 'channel', 'lobby'), arnWithin(foreign, 'user', 'ana'), 'ana']
  for (const text of wrong) {
    expect(() => memberArnOf(text, own)).toThrow(new ForbiddenException(INVALID_MEMBER_ARN_TEXT))
  }
  expect(() => appInstanceUserArnOf(bot)).toThrow(ForbiddenException)
})

test('a list of members names each once, and tells which cannot be one', () => {
  const bo = arnWithin(foreign, 'user', 'bo')
  expect(requestedMembers([ana, bo, ana], own)).toEqual([
    { text: ana, arn: ana },
    { text: bo, arn: undefined },
  ])
  expect(requestedMembers(undefined, own)).toEqual([])
})

test('a target names a member or is absent', () => {
  expect(targetArnOf(undefined, own)).toBeUndefined()
  expect(targetArnOf([{ MemberArn: ana }], own)).toBe(ana)
  expect(() => targetArnOf([{}], own)).toThrow(BadRequestException)
  expect(() => targetArnOf([{ MemberArn: foreign }], own)).toThrow(ForbiddenException)
})
