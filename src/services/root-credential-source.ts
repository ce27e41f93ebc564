// The credentials of a server that knows only its root credential.
import type { Credential, CredentialSource } from '../ports/credential-source.ts'

/** Finds `root` by its access key id; nothing else, and nothing together with a session token. */
export function createRootCredentialSource(
  root: Pick<Credential, 'accessKeyId' | 'secretAccessKey'>,
  accountId: string,
): CredentialSource {
  const credential = { ...root, accountId, isRoot: true }
  return {
    find(accessKeyId, sessionToken) {
      const isKnown = accessKeyId === root.accessKeyId && sessionToken === undefined
      return Promise.resolve(isKnown ? credential : undefined)
    },
  }
}
