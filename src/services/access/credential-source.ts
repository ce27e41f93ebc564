// The credentials that may sign requests: the root credential, IAM users' access keys, and the
// temporary ones of role sessions.
import type { Logger } from '../../base/logger.ts'
import type { Principal } from '../../domain/access.ts'
import { principalOfSession, type RoleSession } from '../../domain/role-session.ts'
import type { Credential, CredentialSource } from '../../ports/credential-source.ts'
import type { AccessReader } from '../../ports/store-access.ts'

/** Secrets of access keys that are remembered, by their sealed text. */
// evidence: inferred (back ends share a few keys; a miss costs microseconds)
const OPENED_SECRETS_MAX = 1_024

export interface CredentialSourceOptions {
  readonly root: Pick<Credential, 'accessKeyId' | 'secretAccessKey'>
  readonly accountId: string
  readonly access: Pick<AccessReader, 'findAccessKey'>
  /** Opens what AccessKey.sealedSecret holds; the context is the access key's id. */
  readonly secrets: { open(sealed: string, context: string): string }
  readonly sessionTokens: { open(token: string): RoleSession | undefined }
  readonly logger: Pick<Logger, 'warn'>
}

/**
 * Finds root and active access keys without a session token, and a role's session only with its
 * own. A key that is inactive, deleted, or sealed under another server's key does not exist.
 */
export function createCredentialSource(options: CredentialSourceOptions): CredentialSource {
  const { root, accountId, access, sessionTokens } = options
  const rootPrincipal: Principal = {
    kind: 'root',
    arn: `arn:aws:iam::${accountId}:root`,
    accountId,
  }
  const rootCredential: Credential = { ...root, accountId, principal: rootPrincipal }
  const openSecret = rememberedSecrets(options)
  const credentialOfSession = rememberedSessions()

  async function findUserCredential(accessKeyId: string): Promise<Credential | undefined> {
    const found = await access.findAccessKey(accessKeyId)
    if (found === undefined || found.key.status !== 'Active') return undefined
    const { key, user } = found
    const secretAccessKey = openSecret(key.sealedSecret, accessKeyId)
    if (secretAccessKey === undefined) return undefined
    const { arn, userId, userName, tags } = user
    const principal: Principal = { kind: 'user', arn, accountId, userId, userName, tags }
    return { accessKeyId, secretAccessKey, accountId, principal }
  }

  return {
    async find(accessKeyId, sessionToken) {
      if (sessionToken !== undefined) {
        const session = sessionTokens.open(sessionToken)
        // A session of another account's server is a stranger's, even under the same key.
        if (session?.accessKeyId !== accessKeyId || session.accountId !== accountId) {
          return undefined
        }
        return credentialOfSession(session)
      }
      return accessKeyId === root.accessKeyId ? rootCredential : findUserCredential(accessKeyId)
    },
  }
}

/** Opens a secret at most once while it is remembered; undefined when it cannot be opened. */
function rememberedSecrets({ secrets, logger }: CredentialSourceOptions) {
  interface Opened {
    readonly accessKeyId: string
    readonly secret: string | undefined
  }
  const opened = new Map<string, Opened>()
  return (sealed: string, accessKeyId: string): string | undefined => {
    const known = opened.get(sealed)
    if (known?.accessKeyId === accessKeyId) return known.secret
    let secret: string | undefined
    try {
      secret = secrets.open(sealed, accessKeyId)
    } catch (error) {
      // Once for each key while it is remembered, or every request would log.
      logger.warn(
        { accessKeyId, err: error },
        "an access key cannot be used: it was made under another secret key of the server's",
      )
    }
    if (opened.size >= OPENED_SECRETS_MAX) opened.clear()
    opened.set(sealed, { accessKeyId, secret })
    return secret
  }
}

/** The same credential for the same opened session, as long as anybody remembers the session. */
function rememberedSessions(): (session: RoleSession) => Credential {
  const credentials = new WeakMap<RoleSession, Credential>()
  return (session) => {
    const known = credentials.get(session)
    if (known !== undefined) return known
    const { accessKeyId, secretAccessKey, accountId, expiresAt } = session
    const principal = principalOfSession(session)
    const credential = { accessKeyId, secretAccessKey, accountId, principal, expiresAt }
    credentials.set(session, credential)
    return credential
  }
}
