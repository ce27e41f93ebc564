// The credentials of a server that knows only its root credential.
import type { Credential, CredentialSource } from '../ports/credential-source.ts'

/** Finds `root` by its access key id; nothing else, and nothing together with a session token. */
export function createRootCredentialSource(
  root: Pick<Credential, 'accessKeyId' | 'secretAccessKey'>,
  accountId: string,
): CredentialSource {
  const principal = { kind: 'root', arn: `arn:aws:iam::${accountId}:root`, accountId } as const
  const credential = { ...root, accountId, principal }
  return {
    find(accessKeyId, sessionToken) {
      const isKnown = accessKeyId === root.accessKeyId && sessionToken === undefined
      return Promise.resolve(isKnown ? credential : undefined)
    },
  }
}
