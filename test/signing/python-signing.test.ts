// What botocore signs, for boto3 and the AWS CLI, verifies: headers and presigned queries.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { systemClock } from '../../src/base/clock.ts'
import type { RawRequest } from '../../src/protocol/sigv4/raw-request.ts'
import { createSignatureChecker } from '../../src/protocol/sigv4/signature-checker.ts'
import { parseHeaderSignature } from '../../src/protocol/sigv4/verify-header.ts'
import { parseQuerySignature } from '../../src/protocol/sigv4/verify-query.ts'
import { CREDENTIALS, REGION, checkHeader, checkQuery } from './checked-request.ts'

const script = fileURLToPath(new URL('botocore-sign.py', import.meta.url))
const hasBotocore = spawnSync('python3', ['-c', 'import botocore']).status === 0
const PYTHON_TIMEOUT_MS = 30_000

interface Call {
  readonly name: string
  readonly kind: 'header' | 'query'
  readonly method: string
  readonly url: string
  readonly headers?: Record<string, string>
  readonly body?: string
  readonly sessionToken?: string
  readonly service: string
}

const ENDPOINT = 'http://127.0.0.1:8080'
const ARN = 'arn:aws:chime:us-east-1:000000000000:app-instance/4c1e'
const CHANNEL = encodeURIComponent(`${ARN}/channel/lobby`)
const BEARER = { 'x-amz-chime-bearer': `${ARN}/user/alice`, 'User-Agent': 'Boto3/1.40' }
const SESSION_TOKEN = 'AQoDYXdzEPT//////////wEXAMPLE+tc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQW=='

const calls: readonly Call[] = [
  {
    name: 'SendChannelMessage',
    kind: 'header',
    method: 'POST',
    url: `${ENDPOINT}/channels/${CHANNEL}/messages`,
    headers: { ...BEARER, 'Content-Type': 'application/json' },
    body: '{"Content":"Grüße aus Köln","Type":"STANDARD"}',
    service: 'chime',
  },
  {
    name: 'the same with temporary credentials',
    kind: 'header',
    method: 'POST',
    url: `${ENDPOINT}/channels/${CHANNEL}/messages`,
    headers: BEARER,
    body: '{}',
    sessionToken: SESSION_TOKEN,
    service: 'chime',
  },
  {
    name: 'an ARN that is not encoded in the path',
    kind: 'header',
    method: 'GET',
    url: `${ENDPOINT}/channels/${ARN}/channel/lobby`,
    headers: BEARER,
    service: 'chime',
  },
  {
    name: 'a query with repeated, odd and empty parameters',
    kind: 'header',
    method: 'GET',
    url: `${ENDPOINT}/channels?operation=&next-token=a%2Bb%3D%3D&x=2&x=1&sp=a%20b~c*d%21`,
    headers: BEARER,
    service: 'chime',
  },
  {
    name: 'runs of blanks in a header',
    kind: 'header',
    method: 'DELETE',
    url: `${ENDPOINT}/channels/${CHANNEL}`,
    headers: { ...BEARER, 'x-amz-meta-note': 'a   b \t c' },
    service: 'chime',
  },
  {
    name: 'a Date header in place of X-Amz-Date',
    kind: 'header',
    method: 'GET',
    url: `${ENDPOINT}/app-instances`,
    headers: { Date: 'to be replaced by the signer' },
    service: 'chime',
  },
  {
    name: 'a query-protocol call',
    kind: 'header',
    method: 'POST',
    url: `${ENDPOINT}/`,
    headers: { 'Content-Type': 'application/x-www-form-urlencoded; charset=utf-8' },
    body: 'Action=GetCallerIdentity&Version=2011-06-15',
    service: 'sts',
  },
  {
    name: 'the messaging session',
    kind: 'query',
    method: 'GET',
    url: `${ENDPOINT}/connect?userArn=${encodeURIComponent(ARN)}&sessionId=a%20b*%27(c)`,
    service: 'chime',
  },
  {
    name: 'the messaging session with temporary credentials',
    kind: 'query',
    method: 'GET',
    url: `${ENDPOINT}/connect?userArn=${encodeURIComponent(ARN)}&prefetch-on=connect`,
    sessionToken: SESSION_TOKEN,
    service: 'chime',
  },
]

function signAll(): ReadonlyMap<string, RawRequest> {
  const python = spawnSync('python3', [script], {
    input: JSON.stringify({ ...CREDENTIALS, region: REGION, calls }),
    encoding: 'utf8',
    timeout: PYTHON_TIMEOUT_MS,
  })
  expect(python.stderr).toBe('')
  const signed = JSON.parse(python.stdout) as { url: string; headers: [string, string][] }[]
  expect(signed.length).toBe(calls.length)
  return new Map(
    calls.map((call, index) => {
      const { url, headers } = signed[index]!
      const [rawPath = '', rawQuery = ''] = url.slice(ENDPOINT.length).split(/\?(.*)/s)
      const body = Buffer.from(call.body ?? '')
      // botocore signs the Host that its HTTP client will add.
      const rawHeaders = ['Host', '127.0.0.1:8080', ...headers.flat()]
      return [call.name, { method: call.method, rawPath, rawQuery, rawHeaders, body }]
    }),
  )
}

const checker = createSignatureChecker({ region: REGION, services: ['chime', 'sts'] })

describe('signed by botocore', () => {
  test('python3 can import botocore', ({ skip }) => {
    const missing = 'python3 cannot import botocore; on Debian: apt-get install python3-boto3'
    if (!hasBotocore && process.env.CI !== 'true') skip(missing)
    expect(hasBotocore ? 'at hand' : missing).toBe('at hand')
  })

  const requests = hasBotocore ? signAll() : new Map<string, RawRequest>()

  test.runIf(hasBotocore).each(calls)('$kind: $name', ({ name, kind, sessionToken }) => {
    const request = requests.get(name)!
    const nowMs = systemClock.now()
    const check = kind === 'header' ? checkHeader : checkQuery
    expect(() => check(request, nowMs, checker)).not.toThrow()
    expect(() => check({ ...request, rawPath: `${request.rawPath}x` }, nowMs, checker)).toThrow(
      'does not match',
    )
    const late = nowMs + 2 * 60 * 60 * 1000
    expect(() => check(request, late, checker)).toThrow('Signature expired')
    const parse = kind === 'header' ? parseHeaderSignature : parseQuerySignature
    expect(parse(request).sessionToken).toBe(sessionToken)
  })
})
