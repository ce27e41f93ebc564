// Every constraint of every operation of IAM and STS, broken once in a form: exactly one violation,
// naming the member.
import { describe, expect, it } from 'vitest'
import { loadModels } from '../../src/protocol/model.ts'
import { decodeQueryInput } from '../../src/protocol/query-decode.ts'
import { validateInput } from '../../src/protocol/validate.ts'
import { minimalInput, violationsOf } from './violations.ts'

const models = loadModels()

/** The form of an input: lists as `Name.member.N`, structures as `Name.Member`. */
function formOf(value: unknown, name = ''): string[] {
  const below = (step: string) => (name === '' ? step : `${name}.${step}`)
  if (value instanceof Date) return [`${name}=${value.toISOString()}`]
  if (Array.isArray(value)) {
    if (value.length === 0) return [`${name}=`]
    return value.flatMap((item, index) => formOf(item, below(`member.${index + 1}`)))
  }
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value)
    if (members.length === 0 && name !== '') return [`${name}=`]
    return members.flatMap(([member, item]) => formOf(item, below(member)))
  }
  return [`${name}=${encodeURIComponent(String(value))}`]
}

for (const operation of models.operations.filter(({ protocol }) => protocol === 'query')) {
  const { service, name } = operation
  const violations = (input: object) =>
    validateInput(operation, decodeQueryInput(operation, Buffer.from(formOf(input).join('&'))))

  describe(`${service} ${name}`, () => {
    it('accepts the minimal input', () => {
      expect(violations(minimalInput(service, name))).toEqual([])
    })

    const cases = violationsOf(service, name)
    it.each(cases.map((one) => [`${one.rule} of ${one.member.slice(0, 80)}`, one] as const))(
      'reports %s',
      (_title, { input, member }) => {
        const found = violations(input)
        expect(found).toHaveLength(1)
        expect(found[0]).toContain(`Value at '${member}' failed to satisfy constraint: `)
      },
    )
  })
}
