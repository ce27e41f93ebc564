// The registry against the models and against the files of the operations.
import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { iamOperations } from './iam-operations.ts'
import { identityOperations } from './identity-operations.ts'
import { messagingOperations } from './messaging-operations.ts'
import { registry } from './registry.ts'
import { stsOperations } from './sts-operations.ts'

const lists = {
  messaging: messagingOperations,
  identity: identityOperations,
  iam: iamOperations,
  sts: stsOperations,
}

function operationsOf(model: string): readonly string[] {
  const url = new URL(`../../models/${model}.json`, import.meta.url)
  const { operations } = JSON.parse(readFileSync(url, 'utf8')) as { operations: object }
  return Object.keys(operations)
}

test.each(Object.entries(lists))('%s lists exactly the operations of its model', (model, list) => {
  expect(Object.keys(list).toSorted()).toEqual(operationsOf(model).toSorted())
})

test('every operation stands under its own name', () => {
  for (const entries of Object.values(registry)) {
    for (const [name, entry] of Object.entries(entries)) {
      expect(entry.name).toBe(name)
    }
  }
})

test.each(Object.entries(lists))('every file in %s is in the registry', (folder, list) => {
  const files = readdirSync(new URL(`./${folder}/`, import.meta.url))
  const operations = files.filter((file) => !file.endsWith('.test.ts'))
  expect(operations.map((file) => file.replace('.ts', '')).toSorted()).toEqual(
    Object.keys(list).toSorted(),
  )
})

test('a name that objects inherit is no operation', () => {
  expect(registry.iam['constructor']).toBeUndefined()
  expect(registry.iam['__proto__']).toBeUndefined()
})
