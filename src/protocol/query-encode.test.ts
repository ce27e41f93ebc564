// XML answers: members, lists, what must be escaped, and what must never be written.
import { describe, expect, it } from 'vitest'
import { AssertionError } from '../base/assert.ts'
import { loadModels } from './model.ts'
import { encodeQueryAnswer } from './query-encode.ts'
import { escapeXml, xmlElement } from './xml.ts'

const models = loadModels()
const METADATA = '<ResponseMetadata><RequestId>r1</RequestId></ResponseMetadata>'

describe('an answer', () => {
  it('holds its members within their wrapper, then the id of the request', () => {
    const operation = models.operation('iam', 'GetUser')
    const User = {
      Path: '/<&>/',
      UserName: 'ann',
      UserId: 'AIDAAAAAAAAAAAAAAAAAA',
      Arn: 'arn',
      CreateDate: new Date('2026-01-02T03:04:05Z'),
      Tags: [{ Key: 'k', Value: '' }],
      PasswordLastUsed: undefined,
      NotInTheModel: 'x',
    }
    expect(encodeQueryAnswer(operation, { User }, 'r1')).toBe(
      '<GetUserResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><GetUserResult><User>' +
        '<Path>/&lt;&amp;&gt;/</Path><UserName>ann</UserName>' +
        '<UserId>AIDAAAAAAAAAAAAAAAAAA</UserId><Arn>arn</Arn>' +
        '<CreateDate>2026-01-02T03:04:05Z</CreateDate>' +
        '<Tags><member><Key>k</Key><Value/></member></Tags></User></GetUserResult>' +
        `${METADATA}</GetUserResponse>`,
    )
  })

  it('of an operation without output has the id only', () => {
    const operation = models.operation('iam', 'DeleteUser')
    expect(encodeQueryAnswer(operation, undefined, 'r1')).toBe(
      `<DeleteUserResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/">${METADATA}</DeleteUserResponse>`,
    )
  })

  it('of STS has the namespace of STS', () => {
    const operation = models.operation('sts', 'GetCallerIdentity')
    const text = encodeQueryAnswer(operation, { Account: '1' }, 'r1')
    expect(text).toContain('xmlns="https://sts.amazonaws.com/doc/2011-06-15/"')
  })

  it('with a value of a wrong type is our own mistake', () => {
    const users = models.operation('iam', 'ListUsers')
    for (const output of [{ Users: 'x' }, { Users: [7] }, { IsTruncated: 'no' }, undefined]) {
      expect(() => encodeQueryAnswer(users, output, 'r1')).toThrow(AssertionError)
    }
  })
})

describe('text', () => {
  it('is escaped so that a parser reads it back', () => {
    expect(escapeXml(`<a href="x">'&amp;'</a>]]>`)).toBe(
      '&lt;a href=&quot;x&quot;&gt;&apos;&amp;amp;&apos;&lt;/a&gt;]]&gt;',
    )
    expect(escapeXml('a\r\nb\tc')).toBe('a&#xD;\nb\tc')
    expect(escapeXml('é 日本 🦊 \u2028')).toBe('é 日本 🦊 \u2028')
  })

  it('that XML cannot hold becomes question marks, half a pair the replacement character', () => {
    expect(escapeXml('a\u0000b\u0008c\u001fd\ufffee\uffff')).toBe('a?b?c?d?e?')
    expect(escapeXml('a\ud800b\udc00')).toBe('a\ufffdb\ufffd')
  })

  it('that is empty closes its element', () => {
    expect([xmlElement('A', ''), xmlElement('A', 'b')]).toEqual(['<A/>', '<A>b</A>'])
  })
})
