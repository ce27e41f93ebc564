// Reading and checking of credential scopes.
import { describe, expect, test } from 'vitest'
import { checkCredentialScope, parseCredential } from './credential-scope.ts'

const expected = { regions: ['eu-west-1'], services: ['chime'] }
const TIMESTAMP = '20150830T123600Z'

function check(credential: string): void {
  checkCredentialScope(parseCredential(credential).scope, expected, TIMESTAMP)
}

describe('parseCredential', () => {
  test('splits from the right, so an access key id may hold a slash', () => {
    expect(parseCredential('AK/ID/20150830/eu-west-1/chime/aws4_request')).toEqual({
      accessKeyId: 'AK/ID',
      scope: {
        date: '20150830',
        region: 'eu-west-1',
        service: 'chime',
        terminator: 'aws4_request',
        text: '20150830/eu-west-1/chime/aws4_request',
      },
    })
  })

  test.each([
    '',
    'AKID',
    '/20150830/eu-west-1/chime/aws4_request',
    '20150830/eu-west-1/chime/aws4_request',
    '////',
    'AKID/20150830/eu-west-1/chi me/aws4_request',
    'AKID/20150830/eu-west-1/chime/aws4_request\r\nx-injected: 1',
    `AKID/20150830/${'r'.repeat(300)}/chime/aws4_request`,
  ])('refuses %j', (text) => {
    expect(() => parseCredential(text)).toThrow(
      'Credential must have five slash-delimited elements',
    )
  })
})

describe('checkCredentialScope', () => {
  test('accepts what is expected', () => {
    expect(() => check('AKID/20150830/eu-west-1/chime/aws4_request')).not.toThrow()
  })

  test.each([
    ['region', 'AKID/20150830/us-east-1/chime/aws4_request', "'eu-west-1', got 'us-east-1'"],
    ['service', 'AKID/20150830/eu-west-1/s3/aws4_request', "'chime', got 's3'"],
    ['terminator', 'AKID/20150830/eu-west-1/chime/aws3', "'aws4_request', got 'aws3'"],
    ['day', 'AKID/20150829/eu-west-1/chime/aws4_request', "'20150829' != '20150830'"],
    ['day in part', 'AKID/2015083/eu-west-1/chime/aws4_request', "'2015083' != '20150830'"],
  ])('names expected and got for another %s', (_part, credential, message) => {
    expect(() => check(credential)).toThrow(
      expect.objectContaining({
        wireName: 'InvalidSignatureException',
        status: 403,
        message: expect.stringContaining(message) as string,
      }),
    )
  })
})
