// Tags of resources, as the store keeps them.
import type { ArnKind, ArnOf } from '../base/arn.ts'
import type { Tags } from '../domain/tags.ts'

/** Resources that can be tagged: every kind that has an ARN. */
export type TaggedArn = ArnOf<ArnKind>

/** Tags of anything that can have some. */
export interface TagReader {
  /** Undefined when there is no such resource; empty when it has no tags. */
  find(arn: TaggedArn): Promise<Tags | undefined>
}

/** The same within a transaction, and what it changes. */
export interface TagWriter extends TagReader {
  /** Replaces all tags of a resource, which may have been inserted in this transaction. */
  put(arn: TaggedArn, tags: Tags): void
}
