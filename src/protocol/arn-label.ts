// ARNs as path labels. They contain slashes, which SDKs encode and some hand-made clients do not.
// Not for building or checking ARNs: that is the domain's.

/** What may follow the app instance in an ARN. */
// evidence: behaviour 2.3
const RESOURCE_KINDS: ReadonlySet<string> = new Set(['user', 'bot', 'channel', 'channel-flow'])
const MESSAGING_KINDS: ReadonlySet<string> = new Set(['channel', 'channel-flow'])

/** The start of an ARN whose slashes, at least, are bare; `:` may be encoded (Python's quote). */
const BARE_ARN_START = /^arn(?::|%3a).*(?::|%3a)app-instance$/i

/**
 * The end of the label that starts at `start`, where `end` is the end of its first segment: when
 * that is the start of an ARN with bare slashes, `<id>` and `<kind>/<id>` belong to the label too.
 */
export function arnLabelEnd(rawPath: string, start: number, end: number): number {
  if (end === rawPath.length || !rawPath.startsWith('arn', start)) return end
  if (!rawPath.startsWith('app-instance', end - 'app-instance'.length)) return end
  if (!BARE_ARN_START.test(rawPath.slice(start, end))) return end
  const appInstanceEnd = segmentEnd(rawPath, end + 1)
  if (appInstanceEnd === end + 1) return end
  if (appInstanceEnd === rawPath.length) return appInstanceEnd
  // An encoded slash behind the id: the rest of the ARN is encoded, and what follows is not of it.
  if (/%2f/i.test(rawPath.slice(end + 1, appInstanceEnd))) return appInstanceEnd
  const kindEnd = segmentEnd(rawPath, appInstanceEnd + 1)
  if (kindEnd === rawPath.length) return appInstanceEnd
  if (!RESOURCE_KINDS.has(rawPath.slice(appInstanceEnd + 1, kindEnd))) return appInstanceEnd
  const idEnd = segmentEnd(rawPath, kindEnd + 1)
  return idEnd === kindEnd + 1 ? appInstanceEnd : idEnd
}

/** Whether the ARN's resource is the identity API's: anything but a channel or a channel flow. */
export function isIdentityArn(arn: string): boolean {
  const [, , kind = ''] = arn.split('/')
  return !MESSAGING_KINDS.has(kind)
}

function segmentEnd(rawPath: string, start: number): number {
  const end = rawPath.indexOf('/', start)
  return end === -1 ? rawPath.length : end
}
