// What every answer must look like: status, headers and exactly the members that it says it has.
// Each check returns what it looked at, so that a case can go on from there.
import * as identityErrors from '@aws-sdk/client-chime-sdk-identity'
import * as messagingErrors from '@aws-sdk/client-chime-sdk-messaging'
import { expect } from 'vitest'
import { wireAnswerOf } from './recorded-clients.ts'
import type { WireAnswer } from './recorded-clients.ts'

export type Json = Record<string, unknown>

// evidence: docs, behaviour 8.3
const EXCEPTIONS = {
  BadRequestException: [400, 'BadRequest'],
  ResourceLimitExceededException: [400, 'ResourceLimitExceeded'],
  UnauthorizedClientException: [401, 'Unauthorized'],
  ForbiddenException: [403, 'Forbidden'],
  NotFoundException: [404, 'NotFound'],
  ConflictException: [409, 'Conflict'],
  ThrottledClientException: [429, 'Throttled'],
  ServiceFailureException: [500, 'ServiceFailure'],
  ServiceUnavailableException: [503, 'ServiceUnavailable'],
} as const
export type ExceptionName = keyof typeof EXCEPTIONS

/** The SDK's own classes; the identity API has not all of them. */
const messagingClasses: Readonly<Record<string, unknown>> = { ...messagingErrors }
const identityClasses: Readonly<Record<string, unknown>> = { ...identityErrors }

/** How far the server's clock may be from the test's. */
const CLOCK_DIFFERENCE_SECONDS_MAX = 300

/** The call succeeds with `status` and a body of exactly `members`; returns the body. */
export async function succeeds(
  call: Promise<object>,
  status: 200 | 201,
  members: readonly string[],
): Promise<Json> {
  const answer = wireAnswerOf(await call)
  expect(answer.status).toBe(status)
  expect(answer.headers['content-type']).toBe('application/json')
  expectRequestId(answer)
  expect(answer.headers).not.toHaveProperty('x-amzn-errortype')
  const body = JSON.parse(answer.text) as Json
  expectMembers(body, members)
  expectNoNulls(body)
  return body
}

/** The call succeeds with 204 and no body at all. */
export async function succeedsEmpty(call: Promise<object>): Promise<void> {
  const answer = wireAnswerOf(await call)
  expect(answer.status).toBe(204)
  expect(answer.text).toBe('')
  expectRequestId(answer)
}

/** The call fails with one of the model's exceptions; returns its message. */
export async function fails(call: Promise<unknown>, name: ExceptionName): Promise<string> {
  const error = await rejection(call)
  const answer = wireAnswerOf(error)
  const [status, code] = EXCEPTIONS[name]
  expect(answer.headers['x-amzn-errortype'], answer.text).toBe(name)
  expect(answer.status).toBe(status)
  expect(answer.headers['content-type']).toBe('application/json')
  expectRequestId(answer)
  const body = JSON.parse(answer.text) as Json
  expectMembers(body, ['Code', 'Message'])
  expect(body['Code']).toBe(code)
  expect(body['Message']).not.toBe('')
  const classes = [messagingClasses[name], identityClasses[name]]
  const typed = classes.some((type) => typeof type === 'function' && error instanceof type)
  expect(typed, `${error.constructor.name} is the SDK's ${name}`).toBe(true)
  expect((error as { Code?: string }).Code).toBe(code)
  expect(error.message).toBe(body['Message'])
  return error.message
}

/** The call is a BadRequestException whose message names `member`. */
export async function failsNaming(call: Promise<object>, member: string): Promise<void> {
  const message = await fails(call, 'BadRequestException')
  expect(message.toLowerCase()).toContain(member.toLowerCase())
}

/** The call is refused at the front door: no modelled error, a body of only `message`. */
export async function failsAtTheDoor(
  call: Promise<object>,
  status: number,
  name: string,
): Promise<void> {
  const answer = wireAnswerOf(await rejection(call))
  expect(answer.headers['x-amzn-errortype'], answer.text).toBe(name)
  expect(answer.status).toBe(status)
  expectRequestId(answer)
  // evidence: code (behaviour 13.6): a `Code` here would be taken for the error's name
  expectMembers(JSON.parse(answer.text) as Json, ['message'])
}

/** Exactly these members, in any order. */
export function expectMembers(value: unknown, members: readonly string[]): void {
  expect(Object.keys(value as object).toSorted()).toEqual([...members].toSorted())
}

/** Epoch seconds with at most three decimals, not far from now. */
// evidence: docs (behaviour 7.2, 8.6)
export function expectEpochSeconds(value: unknown): number {
  expect(value).toBeTypeOf('number')
  const seconds = value as number
  expect(Math.abs(seconds - Date.now() / 1000)).toBeLessThan(CLOCK_DIFFERENCE_SECONDS_MAX)
  expect(Math.abs(seconds * 1000 - Math.round(seconds * 1000))).toBeLessThan(1e-3)
  return seconds
}

/** Nothing on the wire is `null`. */
export function expectNoNulls(value: unknown): void {
  expect(value).not.toBeNull()
  if (typeof value !== 'object' || value === null) return
  for (const member of Object.values(value)) expectNoNulls(member)
}

/** The member of `body` under `path`, for example `'Channel.Name'`. */
export function at(body: unknown, path: string): unknown {
  return path.split('.').reduce((value, name) => (value as Json | undefined)?.[name], body)
}

async function rejection(call: Promise<unknown>): Promise<Error> {
  const outcome = await call.then(
    (output) => new Error(`expected a failure, got ${JSON.stringify(output)}`),
    (error: Error) => error,
  )
  if (outcome.message.startsWith('expected a failure')) throw outcome
  return outcome
}

function expectRequestId(answer: WireAnswer): void {
  expect(answer.headers['x-amzn-requestid']).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
}
