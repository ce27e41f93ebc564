// The registry against the models and against the files of the operations.
import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import {
  iamOperations,
  identityOperations,
  isImplemented,
  messagingOperations,
  registry,
  stsOperations,
  type RegistryEntry,
} from './registry.ts'

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

test('names stand for one operation, apart from the tag operations of both Chime models', () => {
  const names = Object.values(lists).flatMap((list) => Object.keys(list))
  const repeated = names.filter((name, index) => names.indexOf(name) !== index)
  expect(repeated.toSorted()).toEqual(['ListTagsForResource', 'TagResource', 'UntagResource'])
  expect(Object.keys(registry)).toHaveLength(names.length - repeated.length)
})

test('every implemented operation stands under its own name', () => {
  for (const [name, entry] of Object.entries(registry)) {
    expect(isImplemented(entry) ? entry.name : name).toBe(name)
  }
})

test.each(['messaging', 'identity'] as const)('every file in %s is in the registry', (folder) => {
  const files = readdirSync(new URL(`./${folder}/`, import.meta.url))
  const operations = files.filter((file) => !file.endsWith('.test.ts'))
  const entries: Readonly<Record<string, RegistryEntry>> = lists[folder]
  const implemented = Object.keys(entries).filter((name) => isImplemented(entries[name] ?? {}))
  expect(operations.map((file) => file.replace('.ts', '')).toSorted()).toEqual(
    implemented.toSorted(),
  )
})

test('a name that objects inherit is no operation', () => {
  expect(registry['constructor']).toBeUndefined()
  expect(registry['__proto__']).toBeUndefined()
})
