// Every constraint of every operation, broken once: exactly one violation, naming the member.
import { describe, expect, it } from 'vitest'
import { loadModels } from '../../src/protocol/model.ts'
import { validateInput } from '../../src/protocol/validate.ts'
import { REST_SERVICES, readDeviations, readPublishedModel, readRawModel } from './raw-models.ts'
import { minimalInput, violationsOf } from './violations.ts'
import type { Rule, Violation } from './violations.ts'

const WORDING: Readonly<Record<Rule, RegExp>> = {
  required: /must not be null$/,
  min: /must have (length|value) greater than or equal to \d+( \(bytes in UTF-8\))?$/,
  max: /must have (length|value) less than or equal to \d+( \(bytes in UTF-8\))?$/,
  pattern: /must satisfy regular expression pattern: ./,
  enum: /must satisfy enum value set: \[.+\]$/,
}

const models = loadModels()

for (const service of REST_SERVICES) {
  for (const name of Object.keys(readRawModel(service).operations)) {
    const operation = models.operation(service, name)
    describe(`${service} ${name}`, () => {
      it('accepts the minimal input', () => {
        expect(validateInput(operation, minimalInput(service, name))).toEqual([])
      })

      it.each(titled(violationsOf(service, name)))('%s', (_title, { input, member, rule }) => {
        const found = validateInput(operation, input)
        expect(found).toHaveLength(1)
        expect(found[0]).toContain(`Value at '${member}' failed to satisfy constraint: `)
        expect(found[0]).toMatch(WORDING[rule])
      })
    })
  }
}

describe('the deviations', () => {
  it('all violate or relax what the published model says, with a reason and evidence', () => {
    for (const { what, why, evidence, paths } of readDeviations()) {
      expect(what).toMatch(/\.$/)
      expect(why).toMatch(/\.$/)
      expect(evidence).not.toBe('')
      expect(paths.length).toBeGreaterThan(0)
    }
  })

  it('leave exactly the idempotency tokens and CreateChannelMembership.Type optional', () => {
    const dropped: string[] = []
    for (const service of REST_SERVICES) {
      const published = readPublishedModel(service)
      const applied = readRawModel(service)
      for (const [name, { required = [] }] of Object.entries(published.shapes)) {
        for (const member of required) {
          if (applied.shapes[name]?.required?.includes(member) !== true) dropped.push(member)
        }
      }
    }
    expect(dropped.toSorted()).toEqual(
      [...Array<string>(7).fill('ClientRequestToken'), 'CallbackId', 'Type'].toSorted(),
    )
  })
})

function titled(violations: readonly Violation[]): [string, Violation][] {
  return violations.map((violation) => [
    `reports ${violation.rule} of ${violation.member.slice(0, 80)}`,
    violation,
  ])
}
