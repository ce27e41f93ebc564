// Routing: ARNs in every spelling, query literals, tags, the query protocol, and nonsense.
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FrontDoorError } from '../base/api-error.ts'
import { loadModels } from './model.ts'
import { createRouter, unknownOperation } from './router.ts'

const APP_INSTANCE =
  'arn:aws:chime:us-east-1:000000000000:app-instance/0b9c2c1e-77aa-4e5e-9d53-3c1f6f0a5b11'
const CHANNEL = `${APP_INSTANCE}/channel/team:a@b.c_d`
const USER = `${APP_INSTANCE}/user/us-east-1:0b9c`
const FLOW = `${APP_INSTANCE}/channel-flow/f1`
const NOTHING = Buffer.alloc(0)

const models = loadModels()
const router = createRouter(models)

function nameOf(method: string, target: string): string {
  const [rawPath = '', rawQuery = ''] = target.split('?')
  const route = router.route(method, rawPath, rawQuery)
  return route.kind === 'operation' ? route.operation.name : route.kind
}

/** Every path of ARN labels: fully encoded, slashes bare, and nothing encoded. */
const SPELLINGS: [string, (arn: string) => string][] = [
  ['encoded', encodeURIComponent],
  ['with bare slashes', (arn) => encodeURIComponent(arn).replaceAll('%2F', '/')],
  ['bare', (arn) => arn],
  [
    'with lower-case escapes',
    (arn) => encodeURIComponent(arn).replaceAll(/%../g, (text) => text.toLowerCase()),
  ],
  ['with only inner slashes encoded', (arn) => arn.replace(/(?<=app-instance\/.*)\//g, '%2F')],
]

describe.each(SPELLINGS)('labels %s', (_title, spell) => {
  it.each([
    ['GET', `/channels/${spell(CHANNEL)}`, 'DescribeChannel', { channelArn: CHANNEL }],
    ['POST', `/channels/${spell(CHANNEL)}/messages`, 'SendChannelMessage', { channelArn: CHANNEL }],
    [
      'GET',
      `/channels/${spell(CHANNEL)}/messages/abc-1`,
      'GetChannelMessage',
      { channelArn: CHANNEL, messageId: 'abc-1' },
    ],
    [
      'PUT',
      `/channels/${spell(CHANNEL)}/memberships/${spell(USER)}/preferences`,
      'PutChannelMembershipPreferences',
      { channelArn: CHANNEL, memberArn: USER },
    ],
    [
      'DELETE',
      `/channels/${spell(CHANNEL)}/channel-flow/${spell(FLOW)}`,
      'DisassociateChannelFlow',
      { channelArn: CHANNEL, channelFlowArn: FLOW },
    ],
    [
      'PUT',
      `/channels/${spell(CHANNEL)}/channel-flow`,
      'AssociateChannelFlow',
      { channelArn: CHANNEL },
    ],
    [
      'GET',
      `/app-instances/${spell(APP_INSTANCE)}`,
      'DescribeAppInstance',
      { appInstanceArn: APP_INSTANCE },
    ],
    [
      'GET',
      `/app-instances/${spell(APP_INSTANCE)}/admins/${spell(USER)}`,
      'DescribeAppInstanceAdmin',
      { appInstanceArn: APP_INSTANCE, appInstanceAdminArn: USER },
    ],
    [
      'GET',
      `/app-instance-users/${spell(USER)}/endpoints/e1`,
      'DescribeAppInstanceUserEndpoint',
      { appInstanceUserArn: USER, endpointId: 'e1' },
    ],
  ])('%s %s is %s', (method, rawPath, name, uriLabels) => {
    expect(router.route(method, rawPath, '')).toMatchObject({
      kind: 'operation',
      operation: { name },
      uriLabels,
    })
  })
})

describe('query literals', () => {
  it.each([
    ['POST', '/channels', 'CreateChannel'],
    ['POST', '/channels?operation=search', 'SearchChannels'],
    ['POST', '/channels?max-results=5&operation=search', 'SearchChannels'],
    ['GET', '/channels', 'ListChannels'],
    [
      'GET',
      '/channels?scope=app-instance-user-memberships',
      'ListChannelMembershipsForAppInstanceUser',
    ],
    [
      'GET',
      '/channels?scope=app-instance-user-moderated-channels',
      'ListChannelsModeratedByAppInstanceUser',
    ],
    ['GET', '/channels?scope=channel-flow-associations', 'ListChannelsAssociatedWithChannelFlow'],
    [
      'GET',
      '/channels/x?scope=app-instance-user-membership',
      'DescribeChannelMembershipForAppInstanceUser',
    ],
    [
      'GET',
      '/channels/x?scope=app-instance-user-moderated-channel',
      'DescribeChannelModeratedByAppInstanceUser',
    ],
    ['GET', '/channels/x/messages/y?scope=message-status', 'GetChannelMessageStatus'],
    ['POST', '/channels/x/messages/y?operation=redact', 'RedactChannelMessage'],
    ['POST', '/channels/x/memberships?operation=batch-create', 'BatchCreateChannelMembership'],
    ['POST', '/channels/x?operation=channel%2Dflow%2Dcallback', 'ChannelFlowCallback'],
    ['GET', '/channels?scope=bogus', 'not-found'],
    ['GET', '/channels?scope=', 'not-found'],
    ['GET', '/channels?operation=search', 'not-found'],
    ['POST', '/channels?operation=search&scope=message-status', 'not-found'],
    ['POST', '/channels/x/messages/y', 'not-found'],
    ['GET', '/channels?privacy=PUBLIC', 'ListChannels'],
    ['GET', '/channels?app-instance-arn=scope', 'ListChannels'],
  ])('%s %s is %s', (method, target, name) => {
    expect(nameOf(method, target)).toBe(name)
  })
})

describe('what no operation is bound to', () => {
  it.each([
    ['GET', '/'],
    ['GET', ''],
    ['GET', 'channels'],
    ['GET', '/channels/'],
    ['GET', '//channels'],
    ['GET', '/channels//messages'],
    ['GET', '/channels/x/'],
    ['GET', '/channels/x/messages/y/z'],
    ['GET', '/nothing'],
    ['GET', '/__proto__'],
    ['GET', '/constructor'],
    ['PATCH', '/channels'],
    ['get', '/channels'],
    ['HEAD', '/channels'],
    ['GET', '/Channels'],
    ['POST', '/endpoints/messaging-session'],
    ['GET', `/channels/${APP_INSTANCE}/channel//x`],
  ])('%s %s', (method, rawPath) => {
    expect(router.route(method, rawPath, '').kind).toBe('not-found')
  })

  it('has an answer', () => {
    expect(unknownOperation()).toMatchObject({ wireName: 'UnknownOperationException', status: 404 })
  })
})

it.each(['/channels/%', '/channels/%zz', '/channels/%ff/messages'])('refuses %s', (rawPath) => {
  expect(() => router.route(rawPath.endsWith('s') ? 'POST' : 'GET', rawPath, '')).toThrow(
    expect.objectContaining({ wireName: 'SerializationException', status: 400 }),
  )
})

describe('tags', () => {
  it.each([
    [CHANNEL, 'messaging'],
    [FLOW, 'messaging'],
    [APP_INSTANCE, 'identity'],
    [USER, 'identity'],
    [`${APP_INSTANCE}/bot/b`, 'identity'],
  ])('%s belongs to %s', (arn, service) => {
    const body = JSON.stringify({ ResourceARN: arn })
    expect(askForTags('GET', `arn=${encodeURIComponent(arn)}`, '')).toBe(
      `${service} ListTagsForResource`,
    )
    expect(askForTags('POST', 'operation=tag-resource', body)).toBe(`${service} TagResource`)
    expect(askForTags('POST', 'operation=untag-resource', body)).toBe(`${service} UntagResource`)
  })

  it.each(['', '{', '[]', 'null', '{"ResourceARN":1}', '{"ResourceARN":"nonsense"}'])(
    'settles on one for the body %s',
    (body) =>
      expect(askForTags('POST', 'operation=tag-resource', body)).toBe('identity TagResource'),
  )

  it('needs its literal', () => {
    expect(nameOf('POST', '/tags')).toBe('not-found')
    expect(nameOf('POST', '/tags?operation=tag')).toBe('not-found')
  })
})

describe('the query protocol', () => {
  it('finds the action', () => {
    expect(askForAction('Action=GetCallerIdentity&Version=2011-06-15')).toBe(
      'sts GetCallerIdentity',
    )
    expect(askForAction('Version=2010-05-08&UserName=a&Action=CreateUser')).toBe('iam CreateUser')
    expect(askForAction('Action=AssumeRole')).toBe('sts AssumeRole')
  })

  it.each([
    '',
    'Action=Nothing',
    'Action=CreateUser&Version=2011-06-15',
    'Action=__proto__',
    '\u0000',
  ])('refuses %j', (body) =>
    expect(() => askForAction(body)).toThrow(
      expect.objectContaining({ wireName: 'InvalidAction', status: 400 }),
    ),
  )

  it.each([
    ['Action=CreateGroup&Version=2010-05-08', 'Could not find operation CreateGroup for version'],
    ['Action=CreateUser&Version=2011-06-15', 'CreateUser for version 2011-06-15 on this server'],
    ['Action=GetSessionToken', 'Could not find operation GetSessionToken on this server'],
    ['Version=2010-05-08', 'The request names no Action'],
    ['Action=<b>&Version=2010-05-08', 'The request names no Action'],
    [`Action=${'A'.repeat(129)}`, 'The request names no Action'],
  ])('says what is not served: %s', (body, text) => expect(() => askForAction(body)).toThrow(text))
})

it('reaches every operation of both models by its own path', () => {
  for (const operation of models.operations) {
    if (operation.protocol === 'query') continue
    const [path = '', rawQuery = ''] = operation.requestUri.split('?')
    const route = router.route(operation.method, path.replaceAll(/\{\w+\}/g, 'label'), rawQuery)
    const found =
      route.kind === 'tags'
        ? route[operation.service as 'messaging']
        : Reflect.get(route, 'operation')
    expect(found).toBe(operation)
  }
})

it('never fails otherwise than by a front-door error, whatever the path', () => {
  const piece = fc.oneof(
    fc.constantFrom(
      '/',
      'channels',
      'arn:',
      APP_INSTANCE,
      'app-instance',
      'channel',
      '%2F',
      '%',
      '?',
    ),
    fc.string({ unit: 'binary' }),
  )
  const text = fc.array(piece).map((pieces) => pieces.join(''))
  fc.assert(
    fc.property(fc.constantFrom('GET', 'POST', 'PUT'), text, text, (method, rawPath, rawQuery) => {
      expect(outcomeOf(method, rawPath, rawQuery)).toSatisfy(
        (outcome) => outcome === undefined || outcome instanceof FrontDoorError,
      )
    }),
    { numRuns: 2000 },
  )
})

/** What routing ends with: an error, or undefined for any route. */
function outcomeOf(method: string, rawPath: string, rawQuery: string): unknown {
  try {
    const route = router.route(method, rawPath, rawQuery)
    if (route.kind === 'tags' || route.kind === 'query') {
      router.finishRoute(route, rawQuery, NOTHING)
    }
    return undefined
  } catch (error) {
    return error
  }
}

function askForTags(method: string, rawQuery: string, body: string): string {
  const route = router.route(method, '/tags', rawQuery)
  if (route.kind !== 'tags') throw new Error(`is ${route.kind}`)
  const { service, name } = router.finishRoute(route, rawQuery, Buffer.from(body))
  return `${service} ${name}`
}

function askForAction(body: string): string {
  const route = router.route('POST', '/', '')
  if (route.kind !== 'query') throw new Error(`is ${route.kind}`)
  const { service, name } = router.finishRoute(route, '', Buffer.from(body))
  return `${service} ${name}`
}
