// The query protocol at the front door: raw requests that no official client would send.
import { expect } from 'vitest'
import { presignPath, rawFetch, signedFetch } from '../harness/signed-fetch.ts'
import type { RawAnswer, SignedRequest } from '../harness/signed-fetch.ts'
import { casesOf } from './kit/conformance-case.ts'
import { useIamWorld } from './kit/iam-world.ts'
import { expectErrorAnswer } from './kit/query-answers.ts'
import type { WireAnswer } from './kit/recorded-clients.ts'
import { childOf, parseXml } from './kit/xml.ts'

const world = useIamWorld()
const write = casesOf('Query protocol')

const IAM = 'https://iam.amazonaws.com/doc/2010-05-08/'
const FORM = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' }
const LIST_USERS = 'Action=ListUsers&Version=2010-05-08'

async function post(body: string, more: Partial<SignedRequest> = {}): Promise<WireAnswer> {
  const request = { method: 'POST', path: '/', headers: FORM, service: 'iam', body, ...more }
  return answerOf(await signedFetch(world.server, request))
}

function answerOf({ status, headers, body }: RawAnswer): WireAnswer {
  return { status, headers: headers as Record<string, string>, text: body }
}

write(
  'wire',
  'doc',
  'Given an action that is unknown, missing, in lower case or of another version, when it is posted, then InvalidAction',
  async () => {
    const bodies = [
      'Action=DropUser&Version=2010-05-08',
      'Version=2010-05-08',
      '',
      'action=ListUsers',
      'Action=listusers',
      'Action=ListUsers&Version=2011-06-15',
      'Action=__proto__',
      'Action=SendChannelMessage',
      '{"Action":"ListUsers"}',
    ]
    for (const body of bodies) expectErrorAnswer(await post(body), 400, 'InvalidAction', undefined)
  },
)
write(
  'wire',
  'doc',
  'Given no version, another content type or the scope of STS, when it is posted, then it is understood',
  async () => {
    const answers = [
      await post('Action=ListUsers'),
      await post(LIST_USERS, { headers: { 'content-type': 'text/plain' } }),
      await post(LIST_USERS, { service: 'sts' }),
    ]
    for (const { status, text } of answers) {
      expect(status, text).toBe(200)
      expect(parseXml(text).name).toBe('ListUsersResponse')
    }
  },
)
write(
  'wire',
  'doc',
  'Given an action in the query, when it is got or posted, signed in a header or in advance, then it is understood',
  async () => {
    const path = '/?Action=GetCallerIdentity&Version=2011-06-15'
    const answers = [await signedFetch(world.server, { method: 'GET', path, service: 'sts' })]
    for (const method of ['GET', 'POST']) {
      const presigned = await presignPath(world.server, { method, path, service: 'sts' }, 60)
      answers.push(await rawFetch(world.server, { method, path: presigned }))
    }
    for (const { status, body } of answers) {
      expect(status, body).toBe(200)
      expect(parseXml(body).name).toBe('GetCallerIdentityResponse')
    }
    const unknown = await rawFetch(world.server, { method: 'GET', path: '/?Action=Nonsense' })
    expectErrorAnswer(answerOf(unknown), 400, 'InvalidAction', undefined)
  },
)
write(
  'wire',
  'doc',
  'Given an action of STS, when it is refused, then the error has the namespace of STS',
  async () => {
    const answer = answerOf(
      await rawFetch(world.server, {
        method: 'POST',
        path: '/',
        headers: FORM,
        body: 'Action=GetCallerIdentity&Version=2011-06-15',
      }),
    )
    const namespace = 'https://sts.amazonaws.com/doc/2011-06-15/'
    expectErrorAnswer(answer, 403, 'MissingAuthenticationToken', namespace)
  },
)
write(
  'wire',
  'doc',
  'Given signatures that are wrong in every way, when it is posted, then each has the name of this protocol',
  async () => {
    const { credentials } = world.server
    const wrong = (more: Partial<SignedRequest>) => post(LIST_USERS, more)
    const unknown = { ...credentials, accessKeyId: 'AKIAUNKNOWNUNKNOWN22' }
    const forged = { ...credentials, secretAccessKey: 'x'.repeat(40) }
    const answers = [
      [await wrong({ credentials: unknown }), 'InvalidClientTokenId'],
      [await wrong({ credentials: forged }), 'SignatureDoesNotMatch'],
      [await wrong({ service: 'chime' }), 'SignatureDoesNotMatch'],
      [await wrong({ signingDate: new Date(0) }), 'SignatureDoesNotMatch'],
    ] as const
    for (const [answer, code] of answers) expectErrorAnswer(answer, 403, code, IAM)
    const headers = { ...FORM, authorization: 'AWS4-HMAC-SHA256 Credential=x' }
    const request = { method: 'POST', path: '/', headers, body: LIST_USERS }
    const incomplete = answerOf(await rawFetch(world.server, request))
    expectErrorAnswer(incomplete, 403, 'IncompleteSignature', IAM)
  },
)
write(
  'wire',
  'inferred',
  'Given forms that are malformed, when they are posted, then MalformedInput and nothing happened',
  async () => {
    const create = 'Action=CreateUser&Version=2010-05-08&UserName=malformed'
    const bodies = [
      `${create}&Tags=a`,
      `${create}&Tags.1.Key=a&Tags.1.Value=b`,
      `${create}&Tags.member.0.Key=a&Tags.member.0.Value=b`,
      `${create}&Tags.member.2.Key=a&Tags.member.2.Value=b`,
      `${create}&Tags.member.x.Key=a`,
      `${create}&Tags.member.1=a`,
    ]
    for (const body of bodies) expectErrorAnswer(await post(body), 400, 'MalformedInput', IAM)
    // What cannot even be read tells no operation, so there is no namespace to answer in.
    const many = Array.from({ length: 1000 }, (_, n) => `p${n}=1`).join('&')
    for (const unreadable of ['Path=%', 'Path=%zz', 'Path=%ff', many]) {
      const answer = await post(`${create}&${unreadable}`)
      expectErrorAnswer(answer, 400, 'MalformedInput', undefined)
    }
    const found = await post('Action=GetUser&UserName=malformed')
    expectErrorAnswer(found, 404, 'NoSuchEntity', IAM)
  },
)
write(
  'wire',
  'inferred',
  'Given repeated parameters, when they are posted, then the first counts',
  async () => {
    const answer = await post('Action=CreateUser&UserName=first&UserName=second')
    expect(answer.status).toBe(200)
    expectErrorAnswer(await post('Action=GetUser&UserName=second'), 404, 'NoSuchEntity', IAM)
  },
)
write(
  'wire',
  'inferred',
  'Given a name that holds what XML must escape or cannot hold, when an error repeats it, then the answer is well-formed',
  async () => {
    const name = `<a href="x">&amp;'\u0001\u{1f98a}]]>`
    const arn = `arn:aws:iam::1:${name}`
    const body = `Action=GetOpenIDConnectProvider&OpenIDConnectProviderArn=${encodeURIComponent(arn)}`
    const { message } = expectErrorAnswer(await post(body), 404, 'NoSuchEntity', IAM)
    expect(message).toContain(arn.replace('\u0001', '?'))
  },
)

write(
  'validation',
  'model',
  'Given no required member, text for an integer and a wrong enum, when it is posted, then one ValidationError names them all',
  async () => {
    const body = 'Action=ListUserPolicies&MaxItems=many&Marker='
    const { message } = expectErrorAnswer(await post(body), 400, 'ValidationError', IAM)
    expect(message).toMatch(/^3 validation errors detected: /)
    for (const member of ['UserName', 'MaxItems', 'Marker']) expect(message).toContain(member)
    const tags = 'Action=CreateUser&UserName=tagged&Tags.member.1.Key=a'
    const missing = expectErrorAnswer(await post(tags), 400, 'ValidationError', IAM)
    expect(missing.message).toContain('Tags[0].Value')
    const status = 'Action=UpdateAccessKey&AccessKeyId=AKIAUNKNOWNUNKNOWN22&Status=active'
    const refused = expectErrorAnswer(await post(status), 400, 'ValidationError', IAM)
    expect(refused.message).toContain('[Active, Inactive, Expired]')
  },
)

write(
  'behaviour',
  'inferred',
  'Given a GET of the root that names no action, when it is sent, then it is no operation',
  async () => {
    for (const path of ['/', '/?', '/?action=ListUsers', '/?x=Action']) {
      const request = { method: 'GET', path, service: 'iam' }
      expect((await signedFetch(world.server, request)).status).toBe(404)
    }
  },
)
write(
  'behaviour',
  'doc',
  'Given a browser, when it posts from another origin, then it may read the id of the request',
  async () => {
    const headers = { ...FORM, origin: 'https://app.example.com' }
    const answer = await post(LIST_USERS, { headers })
    expect(answer.headers['access-control-expose-headers']?.toLowerCase()).toContain(
      'x-amzn-requestid',
    )
    const metadata = childOf(parseXml(answer.text), 'ResponseMetadata')
    expect(childOf(metadata, 'RequestId').text).toBe(answer.headers['x-amzn-requestid'])
  },
)
