// Cases of the three tag operations, which both APIs have: the same rules for all kinds of
// resource, told apart by the ARN.
import { expect } from 'vitest'
import { fails, failsNaming, succeeds, succeedsEmpty } from './answers.ts'
import { casesOf, type CaseWriter } from './conformance-case.ts'
import { bodyCases, doorCases } from './shared-cases.ts'
import type { World } from './world.ts'

export interface Tag {
  readonly Key: string
  readonly Value: string
}

/** The kinds of resource that one of the APIs can tag. */
export interface TaggedKinds {
  readonly service: 'messaging' | 'identity'
  /** Makes one of each, by its kind, without tags. */
  create(): Promise<Readonly<Record<string, string>>>
  /** Makes one, and returns how to delete it. */
  createDeletable(): Promise<{ readonly arn: string; readonly remove: () => Promise<object> }>
  /** ARNs of these kinds that name nothing here. */
  unknown(): readonly string[]
}

export const numberedTags = (count: number, from = 0): Tag[] =>
  Array.from({ length: count }, (_, index) => ({ Key: `k${from + index}`, Value: 'v' }))

/** Calls of one API, as all files use them. */
export function tagCalls(world: World, service: TaggedKinds['service']) {
  const client = () => world[service]
  return {
    tag: (ResourceARN: string, Tags: Tag[]) => client().tagResource({ ResourceARN, Tags }),
    untag: (ResourceARN: string, TagKeys: string[]) =>
      client().untagResource({ ResourceARN, TagKeys }),
    list: (ResourceARN: string) => client().listTagsForResource({ ResourceARN }),
    tagsOf: async (ResourceARN: string): Promise<Tag[]> => {
      const body = await succeeds(client().listTagsForResource({ ResourceARN }), 200, ['Tags'])
      return body['Tags'] as Tag[]
    },
  }
}

async function first(kinds: TaggedKinds): Promise<string> {
  return Object.values(await kinds.create())[0]!
}

function unknownCases(
  write: CaseWriter,
  kinds: TaggedKinds,
  call: (arn: string) => Promise<object>,
): void {
  write(
    'authorisation',
    'inferred',
    'Given ARNs that name nothing, are foreign or of no kind that has tags, when it is called, then ForbiddenException',
    async () => {
      for (const arn of kinds.unknown()) await fails(call(arn), 'ForbiddenException')
    },
  )
  write(
    'authorisation',
    'inferred',
    'Given a resource that was deleted, when it is called, then ForbiddenException',
    async () => {
      const { arn, remove } = await kinds.createDeletable()
      await remove()
      await fails(call(arn), 'ForbiddenException')
    },
  )
}

export function tagResourceCases(world: World, kinds: TaggedKinds): void {
  const write = casesOf('TagResource')
  const { tag, tagsOf } = tagCalls(world, kinds.service)
  const one = [{ Key: 'team', Value: 'blue' }]
  const prepare = async () => {
    const arn = await first(kinds)
    return () => tag(arn, one)
  }
  write(
    'wire',
    'model',
    'Given each kind, when it is tagged, then 204 and it has the tag',
    async () => {
      for (const [kind, arn] of Object.entries(await kinds.create())) {
        await succeedsEmpty(tag(arn, one))
        expect([kind, await tagsOf(arn)]).toEqual([kind, one])
      }
    },
  )
  doorCases(write, world, prepare)
  bodyCases(write, world, prepare, 'ResourceARN')
  write(
    'validation',
    'model',
    'Given an ARN that is none, no tags, or keys and values beyond their lengths, when it is tagged, then BadRequestException and nothing changes',
    async () => {
      const arn = await first(kinds)
      await failsNaming(tag('team', one), 'ResourceARN')
      await failsNaming(tag(arn, []), 'Tags')
      await failsNaming(tag(arn, numberedTags(51)), 'Tags')
      for (const Key of ['', 'k'.repeat(129)])
        await failsNaming(tag(arn, [{ Key, Value: 'v' }]), 'Key')
      for (const Value of ['', 'v'.repeat(257)])
        await failsNaming(tag(arn, [{ Key: 'k', Value }]), 'Value')
      expect(await tagsOf(arn)).toEqual([])
      const longest = [{ Key: 'k'.repeat(128), Value: 'v'.repeat(256) }]
      await succeedsEmpty(tag(arn, longest))
      expect(await tagsOf(arn)).toEqual(longest)
    },
  )
  write(
    'validation',
    'proposed',
    'Given a key twice, when it is tagged, then BadRequestException that does not repeat the key, and nothing changes',
    async () => {
      const arn = await first(kinds)
      const twice = [
        ...numberedTags(1),
        { Key: 'secret', Value: '1' },
        { Key: 'secret', Value: '2' },
      ]
      const message = await fails(tag(arn, twice), 'BadRequestException')
      expect(message).toContain('Tags[2]')
      expect(message).not.toContain('secret')
      expect(await tagsOf(arn)).toEqual([])
    },
  )
  unknownCases(write, kinds, (arn) => tag(arn, one))
  write(
    'behaviour',
    'doc',
    'Given tags, when others are added and one is given again, then all are there, the last value wins',
    async () => {
      const arn = await first(kinds)
      await tag(arn, [
        { Key: 'b', Value: '1' },
        { Key: 'a', Value: '1' },
      ])
      await tag(arn, [
        { Key: 'ü 1', Value: '+-=._:/@' },
        { Key: 'b', Value: '2' },
      ])
      expect(await tagsOf(arn)).toEqual([
        { Key: 'b', Value: '2' },
        { Key: 'a', Value: '1' },
        { Key: 'ü 1', Value: '+-=._:/@' },
      ])
    },
  )
  write(
    'behaviour',
    'doc',
    'Given 50 tags, when another key comes, then ResourceLimitExceededException and nothing changes; a new value of one of them fits',
    async () => {
      const arn = await first(kinds)
      await succeedsEmpty(tag(arn, numberedTags(50)))
      const more = [{ Key: 'k0', Value: 'changed' }, ...numberedTags(1, 50)]
      const message = await fails(tag(arn, more), 'ResourceLimitExceededException')
      expect(message).toContain('50')
      expect(await tagsOf(arn)).toEqual(numberedTags(50))
      await succeedsEmpty(tag(arn, [{ Key: 'k0', Value: 'changed' }]))
      expect((await tagsOf(arn))[0]).toEqual({ Key: 'k0', Value: 'changed' })
    },
  )
  write(
    'behaviour',
    'code',
    'Given two calls at once, when both add a tag, then neither is lost',
    async () => {
      const arn = await first(kinds)
      await Promise.all([tag(arn, numberedTags(1, 1)), tag(arn, numberedTags(1, 2))])
      expect((await tagsOf(arn)).map(({ Key }) => Key).toSorted()).toEqual(['k1', 'k2'])
    },
  )
}

export function untagResourceCases(world: World, kinds: TaggedKinds): void {
  const write = casesOf('UntagResource')
  const { tag, untag, tagsOf } = tagCalls(world, kinds.service)
  const prepare = async () => {
    const arn = await first(kinds)
    return () => untag(arn, ['k0'])
  }
  write(
    'wire',
    'model',
    'Given each kind with tags, when one is taken away, then 204 and the others stay',
    async () => {
      for (const [kind, arn] of Object.entries(await kinds.create())) {
        await tag(arn, numberedTags(3))
        await succeedsEmpty(untag(arn, ['k1']))
        expect([kind, (await tagsOf(arn)).map(({ Key }) => Key)]).toEqual([kind, ['k0', 'k2']])
      }
    },
  )
  doorCases(write, world, prepare)
  bodyCases(write, world, prepare, 'ResourceARN')
  write(
    'validation',
    'model',
    'Given an ARN that is none, no keys, more than 50 or too long ones, when it is called, then BadRequestException and nothing changes',
    async () => {
      const arn = await first(kinds)
      await tag(arn, numberedTags(1))
      await failsNaming(untag('team', ['k0']), 'ResourceARN')
      await failsNaming(untag(arn, []), 'TagKeys')
      const keys = numberedTags(51).map(({ Key }) => Key)
      await failsNaming(untag(arn, keys), 'TagKeys')
      await failsNaming(untag(arn, ['k0', 'k'.repeat(129)]), 'TagKeys')
      await failsNaming(untag(arn, ['k0', '']), 'TagKeys')
      expect(await tagsOf(arn)).toEqual(numberedTags(1))
    },
  )
  unknownCases(write, kinds, (arn) => untag(arn, ['k0']))
  write(
    'behaviour',
    'proposed',
    'Given keys that it does not have or that come twice, when it is called, then 204 and the rest is done',
    async () => {
      const arn = await first(kinds)
      await tag(arn, numberedTags(2))
      await succeedsEmpty(untag(arn, ['unknown']))
      expect(await tagsOf(arn)).toEqual(numberedTags(2))
      await succeedsEmpty(untag(arn, ['k0', 'k0', 'unknown']))
      expect(await tagsOf(arn)).toEqual(numberedTags(1, 1))
      await succeedsEmpty(untag(arn, ['k0', 'k1']))
      expect(await tagsOf(arn)).toEqual([])
    },
  )
  write(
    'behaviour',
    'doc',
    'Given 50 tags, when one is taken away, then another fits',
    async () => {
      const arn = await first(kinds)
      await tag(arn, numberedTags(50))
      await untag(arn, ['k7'])
      await succeedsEmpty(tag(arn, numberedTags(1, 50)))
      expect(await tagsOf(arn)).toHaveLength(50)
    },
  )
}

export function listTagsForResourceCases(world: World, kinds: TaggedKinds): void {
  const write = casesOf('ListTagsForResource')
  const { tag, list, tagsOf } = tagCalls(world, kinds.service)
  const prepare = async () => {
    const arn = await first(kinds)
    return () => list(arn)
  }
  write(
    'wire',
    'model',
    'Given each kind without tags, when they are listed, then 200 with an empty list',
    async () => {
      for (const [kind, arn] of Object.entries(await kinds.create())) {
        expect([kind, await tagsOf(arn)]).toEqual([kind, []])
      }
    },
  )
  doorCases(write, world, prepare)
  write(
    'validation',
    'model',
    'Given an ARN that is none, when its tags are listed, then BadRequestException',
    async () => {
      await failsNaming(list('team'), 'ResourceARN')
    },
  )
  unknownCases(write, kinds, list)
  write(
    'behaviour',
    'doc',
    'Given two resources, when one is tagged, then the other has no tags',
    async () => {
      const [one, other] = [await first(kinds), await first(kinds)]
      await tag(one, numberedTags(50))
      expect(await tagsOf(one)).toEqual(numberedTags(50))
      expect(await tagsOf(other)).toEqual([])
    },
  )
}
