// The one way to measure text against a limit in bytes of UTF-8. Limits in characters stand in the
// service models and are checked before an operation runs.
import { BadRequestException } from './errors.ts'

/** Bytes of UTF-8 in the metadata of an app instance, user, channel or membership. */
// evidence: docs quotas page, "1 KB" (behaviour 8.6)
const METADATA_BYTES_MAX = 1024

/**
 * Throws BadRequestException when `text` takes more than `bytesMax` bytes; the message names the
 * member, the limit and the size, and begins with `prefix` if there is one.
 */
export function requireBytesWithin(
  bytesMax: number,
  text: string,
  memberName: string,
  prefix?: string,
): void {
  // A UTF-16 unit takes at most three bytes: most texts need no counting.
  if (text.length * 3 <= bytesMax) return
  const bytes = Buffer.byteLength(text)
  if (bytes <= bytesMax) return
  const detail = `${memberName} may have at most ${bytesMax} bytes in UTF-8, but has ${bytes}`
  throw new BadRequestException(prefix === undefined ? detail : `${prefix}: ${detail}`)
}

/** Throws BadRequestException unless the metadata of a resource, if given, fits. */
export function requireMetadataFits(metadata: string | undefined): void {
  if (metadata !== undefined) requireBytesWithin(METADATA_BYTES_MAX, metadata, 'Metadata')
}
