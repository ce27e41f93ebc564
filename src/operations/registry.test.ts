import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import {
  iamOperations,
  identityOperations,
  isImplemented,
  messagingOperations,
  registry,
  stsOperations,
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
  const implemented = Object.values(registry).filter(isImplemented)
  expect(implemented).toHaveLength(32)
})

test('a name that objects inherit is no operation', () => {
  expect(registry['constructor']).toBeUndefined()
  expect(registry['__proto__']).toBeUndefined()
})
