// An end user's credential in the hands of somebody who means harm: requests made by hand that name
// another user in every place and spelling that a client could not send. What stock clients can
// send is in the journeys.
import { DescribeAppInstanceUserCommand } from '@aws-sdk/client-chime-sdk-identity'
import { IAM } from '@aws-sdk/client-iam'
import { ListChannelMessagesCommand } from '@aws-sdk/client-chime-sdk-messaging'
import { STS, type AssumeRoleCommandInput } from '@aws-sdk/client-sts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openSession, type ConnectOptions } from '../harness/messaging-session.ts'
import { createScenario, type Scenario } from '../harness/scenario.ts'
import { createSdkClients, type SdkClients } from '../harness/sdk-clients.ts'
import { rawFetch, signedFetch, signRequest } from '../harness/signed-fetch.ts'
import { startServer, type Credentials, type TestServer } from '../harness/start-server.ts'
import { policyText } from './iam-policies.ts'

const FORM = { 'content-type': 'application/x-www-form-urlencoded' }

let server: TestServer
let clients: SdkClients
let scenario: Scenario
let sts: STS
let roleArn: string
let ana: string
let bob: string
/** Of Ana; Bob is no member. */
let channelArn: string
/** May act as Ana alone, by the tag of its session. */
let credentials: Credentials

beforeAll(async () => {
  server = await startServer()
  clients = createSdkClients(server)
  scenario = await createScenario(clients)
  ana = await scenario.user('ana')
  bob = await scenario.user('bob')
  channelArn = await scenario.channel(ana)
  const settings = { endpoint: server.httpUrl, region: server.region, maxAttempts: 1 }
  sts = new STS({ ...settings, credentials: server.credentials })
  const iam = new IAM({ ...settings, credentials: server.credentials })
  const trust = {
    Version: '2012-10-17',
    Statement: {
      Effect: 'Allow',
      Principal: { AWS: `arn:aws:iam::${server.accountId}:root` },
      Action: ['sts:AssumeRole', 'sts:TagSession'],
    },
  }
  const AssumeRolePolicyDocument = JSON.stringify(trust)
  const { Role } = await iam.createRole({ RoleName: 'browser', AssumeRolePolicyDocument })
  const own = `${scenario.appInstanceArn}/user/\${aws:PrincipalTag/user}`
  const everything = `${scenario.appInstanceArn}/channel/*`
  const PolicyDocument = policyText({ Action: 'chime:*', Resource: [own, everything] })
  await iam.putRolePolicy({ RoleName: 'browser', PolicyName: 'own', PolicyDocument })
  iam.destroy()
  roleArn = Role!.Arn!
  credentials = await assume(idOf(ana))
})

afterAll(async () => {
  sts.destroy()
  clients[Symbol.dispose]()
  await server.stop()
})

function idOf(arn: string): string {
  return arn.slice(arn.lastIndexOf('/') + 1)
}

async function assume(user: string, more: Partial<AssumeRoleCommandInput> = {}) {
  const Tags = [{ Key: 'user', Value: user }]
  const asked = { RoleArn: roleArn, RoleSessionName: 'browser', Tags, ...more }
  const { Credentials: made } = await sts.assumeRole(asked)
  return {
    accessKeyId: made!.AccessKeyId!,
    secretAccessKey: made!.SecretAccessKey!,
    sessionToken: made!.SessionToken!,
  }
}

function channelPath(): string {
  return `/channels/${encodeURIComponent(channelArn)}`
}

async function statusWith(bearer: string, signer = credentials): Promise<number> {
  const request = { method: 'GET', path: channelPath(), bearer, credentials: signer }
  return (await signedFetch(server, request)).status
}

async function closeCode(userArn: string, options: ConnectOptions = {}): Promise<number> {
  using session = await openSession(server, userArn, { credentials, ...options })
  return (await session.closed).code
}

describe('the bearer', () => {
  test('is the user itself, in one spelling, and nobody else in any', async () => {
    expect(await statusWith(ana)).toBe(200)
    expect(await statusWith(bob)).toBe(403)
    const elsewhere = [
      bob.toUpperCase(),
      ana.toUpperCase(),
      bob.replace('arn:aws:', 'arn:aws-cn:'),
      ana.replace('arn:aws:', 'arn::'),
      bob.replace(`:${server.region}:`, ':eu-central-1:'),
      bob.replace(`:${server.accountId}:`, ':999999999999:'),
      `${bob}/`,
      `${ana}?`,
      `${ana}/../${idOf(bob)}`,
      `${ana},${bob}`,
      `${scenario.appInstanceArn}//user/${idOf(ana)}`,
      `${scenario.appInstanceArn}/user/*`,
      encodeURIComponent(ana),
      encodeURIComponent(bob),
    ]
    const statuses = await Promise.all(elsewhere.map((bearer) => statusWith(bearer)))
    expect(statuses).toEqual(elsewhere.map(() => 401))
  })

  test('is signed, and there once', async () => {
    const path = channelPath()
    const request = { method: 'GET', path, credentials }
    const unsigned = await signRequest(server, request)
    const signed = await signRequest(server, { ...request, bearer: ana })
    const answers = await Promise.all([
      rawFetch(server, {
        method: 'GET',
        path,
        headers: { ...unsigned.headers, 'x-amz-chime-bearer': bob },
      }),
      rawFetch(server, {
        method: 'GET',
        path,
        headers: { ...signed.headers, 'x-amz-chime-bearer': bob },
      }),
    ])
    expect(answers.map(({ status }) => status)).toEqual([403, 403])
  })

  test('is what the header says, whatever body and query say', async () => {
    const body = {
      ChimeBearer: bob,
      'x-amz-chime-bearer': bob,
      ChannelArn: `${channelArn}x`,
      Content: 'from the header',
      Type: 'STANDARD',
      Persistence: 'PERSISTENT',
      ClientRequestToken: 'header',
    }
    const query = `x-amz-chime-bearer=${encodeURIComponent(bob)}`
    const path = `${channelPath()}/messages?${query}`
    const sent = await signedFetch(server, { method: 'POST', path, bearer: ana, credentials, body })
    expect(sent.status).toBe(201)
    const { ChannelMessages } = await clients.messaging.send(
      new ListChannelMessagesCommand({ ChannelArn: channelArn, ChimeBearer: ana }),
    )
    expect(ChannelMessages?.map(({ Sender }) => Sender?.Arn)).toEqual([ana])
  })
})

describe('a member of the input that is there twice', () => {
  test('is judged as it is used', async () => {
    const tags = (...arns: string[]) => {
      const query = arns.map((arn) => `arn=${encodeURIComponent(arn)}`).join('&')
      return signedFetch(server, { method: 'GET', path: `/tags?${query}`, credentials })
    }
    expect((await tags(ana, bob)).body).toBe('{"Tags":[]}')
    expect((await tags(bob, ana)).status).toBe(403)
    const [first, second] = [bob, ana].map((arn) => `"ResourceARN":${JSON.stringify(arn)}`)
    const body = `{${first},${second},"Tags":[{"Key":"whose","Value":"ana"}]}`
    const path = '/tags?operation=tag-resource'
    const tagged = await signedFetch(server, { method: 'POST', path, credentials, body })
    expect(tagged.status).toBe(204)
    const tagsOf = async (arn: string) => {
      const listPath = `/tags?arn=${encodeURIComponent(arn)}`
      return (await signedFetch(server, { method: 'GET', path: listPath })).body
    }
    expect(await tagsOf(ana)).toContain('whose')
    expect(await tagsOf(bob)).toBe('{"Tags":[]}')
  })

  test('is the first one in a form, and beside a form the query of the URL says nothing', async () => {
    const post = (body: string, path = '/') =>
      signedFetch(server, {
        method: 'POST',
        path,
        service: 'sts',
        headers: FORM,
        credentials,
        body,
      })
    const who = 'Action=GetCallerIdentity&Version=2011-06-15'
    const make = 'Action=CreateUser&Version=2010-05-08&UserName=mallory'
    expect((await post(`${who}&${make}`)).body).toContain('<GetCallerIdentityResponse')
    expect((await post(who, `/?${make}`)).body).toContain('<GetCallerIdentityResponse')
    expect((await post(`%41ction=CreateUser&${who}`)).body).toContain('InvalidAction')
    expect((await post(`${make}&${who}`)).body).toContain('<Code>AccessDenied</Code>')
    // Without a body, the query is the form.
    expect((await post('', `/?${who}`)).body).toContain('<GetCallerIdentityResponse')
    expect((await post('', `/?${make}&${who}`)).body).toContain('<Code>AccessDenied</Code>')
    expect((await post(' ', `/?${who}`)).body).toContain('InvalidAction')
    const unsigned = `Action=AssumeRoleWithWebIdentity&${make}`
    const smuggled = { method: 'POST', path: '/', headers: FORM, body: unsigned }
    expect((await rawFetch(server, smuggled)).body).toContain('InvalidAction')
    for (const method of ['GET', 'POST']) {
      const inQuery = { method, path: `/?${unsigned}` }
      expect((await rawFetch(server, inQuery)).body).toContain('InvalidAction')
    }
  })
})

describe('the value of a session tag', () => {
  test.each(['*', '?', '${aws:username}', '%2a', '<x>', "a'b", '\u202e'])(
    'cannot be %s',
    async (value) => {
      await expect(assume(value)).rejects.toMatchObject({ name: 'ValidationError' })
    },
  )

  test('names one user, and cannot leave its place in the ARN', async () => {
    const values = [
      '',
      ' ',
      '/',
      ':',
      '..',
      `${idOf(ana)}/`,
      `x/../${idOf(bob)}`,
      idOf(ana).toUpperCase(),
    ]
    for (const value of values) {
      const signer = await assume(value)
      expect([value, await statusWith(ana, signer), await statusWith(bob, signer)]).toEqual([
        value,
        403,
        403,
      ])
    }
  })

  test('cannot be given twice, nor under another spelling', async () => {
    const Tags = ['user', 'USER'].map((Key, at) => ({ Key, Value: idOf([ana, bob][at]!) }))
    await expect(assume('', { Tags })).rejects.toMatchObject({ name: 'ValidationError' })
  })

  test('may be called as objects call what they inherit', async () => {
    const Tags = ['__proto__', 'constructor', 'toString'].map((Key) => ({ Key, Value: idOf(ana) }))
    expect(await statusWith(ana, await assume('', { Tags }))).toBe(403)
  })
})

describe('a session token', () => {
  test('altered, cut, doubled or of another session is nobody’s', async () => {
    const token = credentials.sessionToken!
    const other = await assume(idOf(bob))
    const places = Array.from({ length: 24 }, (_each, at) => Math.floor((at * token.length) / 24))
    const altered = places.map(
      (at) => token.slice(0, at) + (token[at] === 'A' ? 'B' : 'A') + token.slice(at + 1),
    )
    const tokens = [
      ...altered,
      token + token,
      token.slice(0, -1),
      token.slice(1),
      `${token}=`,
      `${token},${token}`,
      token.toLowerCase(),
      '*',
      'A'.repeat(9_000),
      other.sessionToken,
    ]
    const request = { method: 'GET', path: channelPath(), bearer: ana }
    for (const sessionToken of tokens) {
      const signer = { ...credentials, sessionToken }
      const { status, headers } = await signedFetch(server, { ...request, credentials: signer })
      expect([sessionToken.slice(0, 40), status, headers['x-amzn-errortype']]).toEqual([
        sessionToken.slice(0, 40),
        403,
        'UnrecognizedClientException',
      ])
    }
  })

  test('belongs to its key id and secret', async () => {
    const other = await assume(idOf(bob))
    const mixed = [
      { ...credentials, accessKeyId: other.accessKeyId },
      { ...credentials, secretAccessKey: other.secretAccessKey },
      { ...credentials, accessKeyId: credentials.accessKeyId.toLowerCase() },
      { ...server.credentials, sessionToken: credentials.sessionToken! },
      { accessKeyId: credentials.accessKeyId, secretAccessKey: credentials.secretAccessKey },
    ]
    for (const signer of mixed) expect(await statusWith(ana, signer)).toBe(403)
  })
})

describe('a connect URL', () => {
  test('is for the user itself, in one spelling, and for nobody else in any', async () => {
    const others = [
      bob,
      ana.toUpperCase(),
      bob.replace('arn:aws:', 'arn:aws-cn:'),
      `${ana}/`,
      `${ana},${bob}`,
      `${ana}\0`,
      encodeURIComponent(bob),
      `${scenario.appInstanceArn}/user/*`,
      bob.replace('/user/', '/bot/'),
    ]
    const codes = await Promise.all(others.map((arn) => closeCode(arn)))
    expect(codes).toEqual(others.map(() => 4003))
  })

  test('cannot be changed, nor lent a token or a second user', async () => {
    const name = encodeURIComponent(bob)
    const { accessKeyId, secretAccessKey, sessionToken } = credentials
    const token = encodeURIComponent(sessionToken!)
    const keys = { accessKeyId, secretAccessKey }
    const codes = await Promise.all([
      closeCode(ana, { tamper: (url) => url.replace(encodeURIComponent(ana), name) }),
      closeCode(ana, { tamper: (url) => `${url}&userArn=${name}` }),
      closeCode(ana, { tamper: (url) => url.replace('?', `?%75serArn=${name}&`) }),
      closeCode(ana, { tamper: (url) => `${url}&%58-Amz-Security-Token=${token}` }),
      closeCode(ana, { credentials: keys }),
      closeCode(ana, {
        credentials: keys,
        tamper: (url) => `${url}&X-Amz-Security-Token=${token}`,
      }),
    ])
    expect(codes).toEqual([4401, 4401, 4401, 4401, 4401, 4401])
  })
})

test('after all of it the other user is as it was', async () => {
  const { AppInstanceUser } = await clients.identity.send(
    new DescribeAppInstanceUserCommand({ AppInstanceUserArn: bob }),
  )
  const { Name, CreatedTimestamp, LastUpdatedTimestamp } = AppInstanceUser!
  expect([Name, LastUpdatedTimestamp]).toEqual(['bob', CreatedTimestamp])
})
