// Request targets of `/connect`, presigned before a run, so that signing costs the load nothing.
import { createHash, createHmac, type BinaryLike } from 'node:crypto'
import type { Endpoint } from '../../test/harness/start-server.ts'

/** Seconds that the URLs are good for: all are signed before the first is used. */
const EXPIRES_S = 3_600
const EMPTY_HASH = createHash('sha256').digest('hex')

/** Signs connects of many users to `url`, one of the server's; a session id of its own for each. */
export function createConnectSigner(
  { region, credentials }: Pick<Endpoint, 'region' | 'credentials'>,
  url: string,
): (userArn: string) => string {
  const { host } = new URL(url)
  const stamp = new Date().toISOString().replace(/[-:]|\.\d+/g, '')
  const scope = `${stamp.slice(0, 8)}/${region}/chime/aws4_request`
  const key = scope.split('/').reduce<BinaryLike>(hmac, `AWS4${credentials.secretAccessKey}`)
  return (userArn) => {
    // In the order in which they are signed.
    const query = Object.entries({
      'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
      'X-Amz-Credential': `${credentials.accessKeyId}/${scope}`,
      'X-Amz-Date': stamp,
      'X-Amz-Expires': String(EXPIRES_S),
      'X-Amz-SignedHeaders': 'host',
      sessionId: crypto.randomUUID(),
      userArn,
    })
      .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
      .join('&')
    const request = `GET\n/connect\n${query}\nhost:${host}\n\nhost\n${EMPTY_HASH}`
    const requestHash = createHash('sha256').update(request).digest('hex')
    const signature = hmac(key, `AWS4-HMAC-SHA256\n${stamp}\n${scope}\n${requestHash}`)
    return `/connect?${query}&X-Amz-Signature=${signature.toString('hex')}`
  }
}

function hmac(key: BinaryLike, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest()
}
