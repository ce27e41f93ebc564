// From decisions to errors. The rules themselves are held by test/authorization/matrix.test.ts.
import { expect, test } from 'vitest'
import { ForbiddenException } from '../domain/errors.ts'
import { allow, deny, requireAllowed } from './decision.ts'

test('an allowing decision gives what was checked', () => {
  const checked = { channel: 'lobby' }
  expect(requireAllowed(allow(checked))).toBe(checked)
})

test('a denying decision throws AWS’s sentence, with the reason if there is one', () => {
  const sentence = 'You do not have sufficient access to perform this action'
  expect(() => requireAllowed(deny())).toThrow(new ForbiddenException(sentence))
  expect(() => requireAllowed(deny('only admins may'))).toThrow(
    new ForbiddenException(`${sentence}: only admins may`),
  )
})
