// Errors as answers: modelled, front-door, unknown, in JSON and XML.
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ApiError, FrontDoorError } from '../base/api-error.ts'
import { loadModels } from './model.ts'
import { renderError } from './wire-error.ts'

class TestError extends ApiError {}

const models = loadModels()
const send = models.operation('messaging', 'SendChannelMessage')
const createUser = models.operation('iam', 'CreateUser')

describe('modelled errors', () => {
  it.each([
    ['BadRequestException', 400, 'BadRequest'],
    ['ResourceLimitExceededException', 400, 'ResourceLimitExceeded'],
    ['UnauthorizedClientException', 401, 'Unauthorized'],
    ['ForbiddenException', 403, 'Forbidden'],
    ['NotFoundException', 404, 'NotFound'],
    ['ConflictException', 409, 'Conflict'],
    ['ThrottledClientException', 429, 'Throttled'],
    ['ServiceFailureException', 500, 'ServiceFailure'],
    ['ServiceUnavailableException', 503, 'ServiceUnavailable'],
  ])('%s is %d with the code %s', (wireName, status, code) => {
    const operation = models.operation('messaging', 'CreateChannelMembership')
    expect(renderError(new TestError(wireName, 'why "not"'), operation, 'r1', 'rest-json')).toEqual(
      {
        status,
        headers: {
          'Content-Type': 'application/json',
          'x-amzn-ErrorType': wireName,
          'x-amzn-RequestId': 'r1',
        },
        body: JSON.stringify({ Code: code, Message: 'why "not"' }),
        unlisted: false,
      },
    )
    expect(models.errorStatus(wireName)).toBe(status)
  })

  it.each([[send], [undefined]])('that are not listed become a service failure', (operation) => {
    const rendered = renderError(
      new TestError('NotFoundException', 'secret'),
      operation,
      'r',
      'rest-json',
    )
    expect(rendered).toMatchObject({
      status: 500,
      headers: { 'x-amzn-ErrorType': 'ServiceFailureException' },
      unlisted: true,
    })
    expect(rendered.body).not.toContain('secret')
  })
})

describe('front-door errors', () => {
  const error = new FrontDoorError('InvalidSignatureException', 403, 'Bad\r\nsignature ü')

  it('have no Code, and their text in a header that is safe to send', () => {
    expect(renderError(error, send, 'r1', 'rest-json')).toEqual({
      status: 403,
      headers: {
        'Content-Type': 'application/json',
        'x-amzn-ErrorType': 'InvalidSignatureException',
        'x-amzn-ErrorMessage': 'Bad??signature ?',
        'x-amzn-RequestId': 'r1',
      },
      body: JSON.stringify({ message: 'Bad\r\nsignature ü' }),
      unlisted: false,
    })
  })

  it('always have a header that Node would send, of bounded length', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 2000 }), (message) => {
        const { headers } = renderError(
          new FrontDoorError('X', 400, message),
          undefined,
          'r',
          'rest-json',
        )
        expect(headers['x-amzn-ErrorMessage']).toMatch(/^[\x20-\x7e]{0,512}$/)
      }),
    )
  })
})

describe('anything else', () => {
  it.each([
    new Error('secret'),
    new TypeError('secret'),
    'secret',
    { message: 'secret' },
    null,
    undefined,
  ])('%j is a service failure that leaks nothing', (error) => {
    for (const protocol of ['rest-json', 'query'] as const) {
      const rendered = renderError(error, send, 'r', protocol)
      expect(rendered.status).toBe(500)
      expect(rendered.unlisted).toBe(false)
      expect(JSON.stringify(rendered)).not.toContain('secret')
      expect(rendered.body).toContain('ServiceFailure')
    }
  })
})

describe('the query protocol', () => {
  it('answers a modelled error in XML with the code of its model', () => {
    const error = new TestError('NoSuchEntityException', 'no <user> & "co"')
    expect(renderError(error, createUser, 'r1', 'query')).toEqual({
      status: 404,
      headers: { 'Content-Type': 'text/xml', 'x-amzn-RequestId': 'r1' },
      body:
        '<ErrorResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><Error><Type>Sender</Type>' +
        '<Code>NoSuchEntity</Code><Message>no &lt;user&gt; &amp; &quot;co&quot;</Message></Error>' +
        '<RequestId>r1</RequestId></ErrorResponse>',
      unlisted: false,
    })
  })

  it.each([
    ['InvalidSignatureException', 'SignatureDoesNotMatch'],
    ['UnrecognizedClientException', 'InvalidClientTokenId'],
    ['ExpiredTokenException', 'ExpiredToken'],
    ['MissingAuthenticationTokenException', 'MissingAuthenticationToken'],
    ['IncompleteSignatureException', 'IncompleteSignature'],
    ['AccessDeniedException', 'AccessDenied'],
    ['ValidationException', 'ValidationError'],
    ['SerializationException', 'MalformedInput'],
    ['UnknownOperationException', 'InvalidAction'],
    ['InvalidAction', 'InvalidAction'],
  ])('calls the front door’s %s %s', (wireName, code) => {
    const { body } = renderError(new FrontDoorError(wireName, 403, 'x'), createUser, 'r1', 'query')
    expect(body).toContain(`<Code>${code}</Code>`)
  })

  it('answers throttles and unavailability, which no model of it lists, by their common names', () => {
    const answers = ['ThrottledClientException', 'ServiceUnavailableException'].map((wireName) => {
      const error = new TestError(wireName, 'later')
      const { status, body, unlisted } = renderError(error, createUser, 'r1', 'query')
      return [status, /<Code>(.*)<.Code>/.exec(body)?.[1], unlisted]
    })
    expect(answers).toEqual([
      [400, 'Throttling', false],
      [503, 'ServiceUnavailable', false],
    ])
  })

  it('answers an error that the model does not list as a failure of its own', () => {
    const error = new TestError('ConflictException', 'secret')
    const { status, body, unlisted } = renderError(error, createUser, 'r1', 'query')
    expect([status, unlisted, body.includes('secret')]).toEqual([500, true, false])
    expect(body).toContain('<Type>Receiver</Type><Code>ServiceFailure</Code>')
  })

  it('answers a front-door error in XML, even without an operation', () => {
    const error = new FrontDoorError('SignatureDoesNotMatch', 403, 'a\u0000b\ud800')
    const { status, body } = renderError(error, undefined, 'r1', 'query')
    expect(status).toBe(403)
    expect(body).toBe(
      '<ErrorResponse><Error><Type>Sender</Type><Code>SignatureDoesNotMatch</Code>' +
        '<Message>a?b\ufffd</Message></Error><RequestId>r1</RequestId></ErrorResponse>',
    )
  })
})
