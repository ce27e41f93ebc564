// What every answer of the query protocol must look like: status, headers, and XML that holds
// exactly the members that it says it has.
import * as iamErrors from '@aws-sdk/client-iam'
import { expect } from 'vitest'
import { wireAnswerOf } from './recorded-clients.ts'
import type { WireAnswer } from './recorded-clients.ts'
import { childOf, parseXml } from './xml.ts'
import type { XmlElement } from './xml.ts'

// evidence: model iam
const EXCEPTIONS = {
  DeleteConflictException: [409, 'DeleteConflict'],
  EntityAlreadyExistsException: [409, 'EntityAlreadyExists'],
  InvalidInputException: [400, 'InvalidInput'],
  LimitExceededException: [409, 'LimitExceeded'],
  MalformedPolicyDocumentException: [400, 'MalformedPolicyDocument'],
  NoSuchEntityException: [404, 'NoSuchEntity'],
} as const
export type IamExceptionName = keyof typeof EXCEPTIONS

const classes: Readonly<Record<string, unknown>> = { ...iamErrors }
const IAM_NAMESPACE = 'https://iam.amazonaws.com/doc/2010-05-08/'

/**
 * The call succeeds with a result of exactly `members`; without `members` the operation has no
 * output, and its answer only the request's id. Returns the result's element, if there is one.
 */
export async function succeedsInXml(
  call: Promise<object>,
  operation: string,
  members?: readonly string[],
): Promise<XmlElement> {
  const answer = wireAnswerOf(await call)
  expect(answer.status).toBe(200)
  const root = rootOf(answer)
  expect(root.name).toBe(`${operation}Response`)
  expect(root.attributes).toBe(` xmlns="${IAM_NAMESPACE}"`)
  const names = root.children.map(({ name }) => name)
  const metadata = childOf(root, 'ResponseMetadata')
  expectRequestId(answer, childOf(metadata, 'RequestId').text)
  if (members === undefined) {
    expect(names).toEqual(['ResponseMetadata'])
    return root
  }
  expect(names).toEqual([`${operation}Result`, 'ResponseMetadata'])
  const result = childOf(root, `${operation}Result`)
  expectChildren(result, members)
  return result
}

/** The call fails with one of IAM's exceptions; returns its message. */
export async function failsInXml(call: Promise<object>, name: IamExceptionName): Promise<string> {
  const error = await rejection(call)
  const [status, code] = EXCEPTIONS[name]
  const type = classes[name]
  const { message } = readError(error, status, code, IAM_NAMESPACE)
  expect(typeof type === 'function' && error instanceof type, `${error.name} is ${name}`).toBe(true)
  expect(error.message).toBe(message)
  return message
}

/** The call is refused by an error that no model lists, such as `SignatureDoesNotMatch`. */
export async function failsAtTheQueryDoor(
  call: Promise<object>,
  status: number,
  code: string,
): Promise<string> {
  const error = await rejection(call)
  expect(error.name).toBe(code)
  return readError(error, status, code, IAM_NAMESPACE).message
}

/** The call breaks a constraint of the model; the message names the member. */
export async function failsValidation(call: Promise<object>, member: string): Promise<void> {
  const message = await failsAtTheQueryDoor(call, 400, 'ValidationError')
  expect(message).toContain(member)
}

/** A raw error answer; `namespace` is undefined where no operation was reached. */
export function expectErrorAnswer(
  answer: WireAnswer,
  status: number,
  code: string,
  namespace: string | undefined,
): { readonly message: string } {
  expect(answer.status, answer.text).toBe(status)
  const root = rootOf(answer)
  expect(root.name).toBe('ErrorResponse')
  expect(root.attributes).toBe(namespace === undefined ? '' : ` xmlns="${namespace}"`)
  expectChildren(root, ['Error', 'RequestId'])
  expectRequestId(answer, childOf(root, 'RequestId').text)
  const error = childOf(root, 'Error')
  expectChildren(error, ['Type', 'Code', 'Message'])
  expect(childOf(error, 'Code').text).toBe(code)
  expect(childOf(error, 'Type').text).toBe(status < 500 ? 'Sender' : 'Receiver')
  const message = childOf(error, 'Message').text
  expect(message).not.toBe('')
  return { message }
}

export function expectChildren(element: XmlElement, names: readonly string[]): void {
  expect(element.children.map(({ name }) => name).toSorted()).toEqual(names.toSorted())
}

function readError(error: Error, status: number, code: string, namespace: string) {
  return expectErrorAnswer(wireAnswerOf(error), status, code, namespace)
}

function rootOf(answer: WireAnswer): XmlElement {
  expect(answer.headers['content-type']).toBe('text/xml')
  return parseXml(answer.text)
}

function expectRequestId(answer: WireAnswer, text: string): void {
  expect(text).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
  expect(answer.headers['x-amzn-requestid']).toBe(text)
}

async function rejection(call: Promise<object>): Promise<Error> {
  const outcome = await call.then(
    (output) => new Error(`expected a failure, got ${wireAnswerOf(output).text}`),
    (error: Error) => error,
  )
  if (outcome.message.startsWith('expected a failure')) throw outcome
  return outcome
}
