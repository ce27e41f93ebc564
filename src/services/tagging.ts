// Tags as both APIs speak of them: from the wire and back, and the three operations on them, which
// are the same for all kinds of resource.
import { asArnOf } from '../base/arn.ts'
import {
  BadRequestException,
  ForbiddenException,
  ResourceLimitExceededException,
} from '../domain/errors.ts'
import { quotaText, type Limits } from '../domain/limits.ts'
import type { Tags } from '../domain/tags.ts'
import type { TaggedArn } from '../ports/store-tags.ts'
import type { Store, StoreReader } from '../ports/store.ts'

/** A tag on the wire. */
export interface WireTag {
  readonly Key: string
  readonly Value: string
}

/**
 * The tags of a request; none when it has none. Throws BadRequestException when a key comes twice.
 * That there are at most 50, and how long they are, the models have checked.
 */
// evidence: inferred (behaviour 7.5); the message does not repeat keys, which are sensitive
export function requireTags(wireTags: readonly WireTag[] | undefined): Tags {
  const tags = new Map<string, string>()
  for (const [index, { Key, Value }] of (wireTags ?? []).entries()) {
    if (tags.has(Key)) {
      throw new BadRequestException(
        `Tags may name each Key once, but Tags[${index}] repeats the Key of an earlier one`,
      )
    }
    tags.set(Key, Value)
  }
  return tags
}

/** Adds tags to a resource; one with a key that it has replaces the value. */
export async function tagResource(
  store: Store,
  limits: Limits,
  input: { readonly ResourceARN: string; readonly Tags: readonly WireTag[] },
): Promise<void> {
  const added = requireTags(input.Tags)
  const arn = taggedArnOf(input.ResourceARN)
  await store.transact(async (tx) => {
    const tags = new Map([...(await findTags(tx, arn)), ...added])
    if (tags.size > limits.tagsPerResource) {
      throw new ResourceLimitExceededException(quotaText(limits, 'tagsPerResource'))
    }
    tx.tags.put(arn, tags)
  })
}

/** Takes tags from a resource; keys that it does not have are passed over. */
export async function untagResource(
  store: Store,
  input: { readonly ResourceARN: string; readonly TagKeys: readonly string[] },
): Promise<void> {
  const removed = new Set(input.TagKeys)
  const arn = taggedArnOf(input.ResourceARN)
  await store.transact(async (tx) => {
    const tags = await findTags(tx, arn)
    tx.tags.put(arn, new Map([...tags].filter(([key]) => !removed.has(key))))
  })
}

/** The tags of a resource, in the order in which their keys were first given. */
export async function listTags(
  reader: StoreReader,
  input: { readonly ResourceARN: string },
): Promise<readonly WireTag[]> {
  const tags = await findTags(reader, taggedArnOf(input.ResourceARN))
  return [...tags].map(([Key, Value]) => ({ Key, Value }))
}

// evidence: inferred (behaviour 8.5), unknown and forbidden look the same
function taggedArnOf(text: string): TaggedArn {
  const arn = asArnOf(text, 'app-instance', 'user', 'bot', 'channel', 'channel-flow')
  if (arn === undefined) throw new ForbiddenException()
  return arn
}

async function findTags(reader: Pick<StoreReader, 'tags'>, arn: TaggedArn): Promise<Tags> {
  const tags = await reader.tags.find(arn)
  if (tags === undefined) throw new ForbiddenException()
  return tags
}
