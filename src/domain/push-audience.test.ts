// What preferences let through, and who pushes to which device.
import { expect, test } from 'vitest'
import type { ApnsTarget, FcmTarget, WebhookTarget } from './outbound-mapping.ts'
import { isPushWanted, pushDestinationOf, pushProviderOf } from './push-audience.ts'

const apns = {} as ApnsTarget
const fcm = {} as FcmTarget
const webhook = { kind: 'webhook', url: '', secret: '' } satisfies WebhookTarget

const filtered = (filterRule: string) => ({ allowNotifications: 'FILTERED', filterRule }) as const

test('preferences let through everything, nothing, or what the rule fits', () => {
  const attributes = { mention: ['Bob'] }
  expect(isPushWanted(undefined, undefined)).toBe(true)
  expect(isPushWanted({ allowNotifications: 'ALL' }, attributes)).toBe(true)
  expect(isPushWanted({ allowNotifications: 'NONE' }, attributes)).toBe(false)
  expect(isPushWanted(filtered('{"mention":["Bob"]}'), attributes)).toBe(true)
  expect(isPushWanted(filtered('{"mention":["Bob"]}'), undefined)).toBe(false)
  expect(isPushWanted(filtered('{"mention":[{"anything-but":["Bob"]}]}'), undefined)).toBe(true)
})

test('a rule that is none lets nothing through and throws nothing', () => {
  for (const filterRule of ['', '{}', 'no JSON', undefined]) {
    expect(isPushWanted({ allowNotifications: 'FILTERED', filterRule }, undefined)).toBe(false)
  }
})

test('each device has its own provider, or else the webhook, or nobody', () => {
  expect(pushProviderOf(undefined, 'GCM')).toBeUndefined()
  expect(pushProviderOf({ apns }, 'APNS')).toBe('apns')
  expect(pushProviderOf({ apns, webhook }, 'APNS_SANDBOX')).toBe('apns')
  expect(pushProviderOf({ apns, webhook }, 'GCM')).toBe('webhook')
  expect(pushProviderOf({ fcm }, 'GCM')).toBe('fcm')
  expect(pushProviderOf({ fcm }, 'APNS')).toBeUndefined()
  expect(pushProviderOf({ webhook }, 'APNS')).toBe('webhook')
})

test('what is slow by itself is a destination of its own', () => {
  const resourceArn = 'arn:aws:mobiletargeting:us-east-1:000000000000:apps/shop'
  const names = [
    pushDestinationOf({ resourceArn, type: 'APNS' }, 'apns'),
    pushDestinationOf({ resourceArn, type: 'APNS_SANDBOX' }, 'apns'),
    pushDestinationOf({ resourceArn, type: 'GCM' }, 'fcm'),
    pushDestinationOf({ resourceArn, type: 'APNS_SANDBOX' }, 'webhook'),
    pushDestinationOf({ resourceArn, type: 'GCM' }, 'webhook'),
  ]
  expect(names.map((name) => name.slice(resourceArn.length))).toEqual([
    '/apns',
    '/apns-sandbox',
    '/fcm',
    '/webhook',
    '/webhook',
  ])
})
