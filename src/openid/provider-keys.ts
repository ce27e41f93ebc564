// The published keys of OpenID Connect providers: found by discovery, kept for a bounded time, and
// fetched once for all who wait. What one provider does never holds up another's tokens.
import { createLocalJWKSet, type JSONWebKeySet } from 'jose'
import type { Clock } from '../base/clock.ts'
import type { Logger } from '../base/logger.ts'
import { IDPCommunicationErrorException } from '../domain/sts-errors.ts'
import { fetchJson } from './fetch-json.ts'

/** How long keys are kept when the provider does not say. */
// evidence: inferred
export const KEYS_AGE_MS = 3_600_000
/** Bounds to what the provider says: revoked keys must end, and fetches cost. */
// evidence: inferred
export const KEYS_AGE_MIN_MS = 60_000
export const KEYS_AGE_MAX_MS = 86_400_000
/** Between two fetches that tokens with unknown keys may cause; anyone can make such tokens. */
// evidence: inferred
export const REFETCH_INTERVAL_MS = 30_000
/** After a fetch that failed, others fail at once for as long. */
// evidence: inferred (below the time after which SDKs try again for the third time)
export const FAILURE_AGE_MS = 1_000
/** Providers remembered: as many as an account may have with relaxed quotas. */
// evidence: inferred (AWS has 100 an account)
const PROVIDERS_MAX = 1_000
/** Keys of a provider that are looked at. */
const KEYS_MAX = 100
const DISCOVERY_PATH = '/.well-known/openid-configuration'

/** Finds the key that a token was signed with; see createLocalJWKSet. */
export type FindKey = ReturnType<typeof createLocalJWKSet>

export interface ProviderKeys {
  /** The keys of `issuer`, fetched if need be. Rejects with IDPCommunicationErrorException. */
  find(issuer: string): Promise<FindKey>
  /**
   * Keys that were fetched after `known`, or undefined when it is too early to fetch again.
   * Rejects with IDPCommunicationErrorException.
   */
  findNewer(issuer: string, known: FindKey): Promise<FindKey | undefined>
}

interface ProviderEntry {
  /** Of the last fetch that succeeded. */
  keys: FindKey | undefined
  /** Monotonic milliseconds. */
  freshUntil: number
  failedUntil: number
  refetchAllowedAt: number
  /** The fetch that all wait for. */
  fetching: Promise<FindKey> | undefined
}

export function createProviderKeys(clock: Clock, logger: Logger): ProviderKeys {
  const providers = new Map<string, ProviderEntry>()

  function entryOf(issuer: string): ProviderEntry {
    const known = providers.get(issuer)
    if (known !== undefined) return known
    if (providers.size >= PROVIDERS_MAX) {
      const [oldest] = providers.keys()
      if (oldest !== undefined) providers.delete(oldest)
    }
    const never = Number.NEGATIVE_INFINITY
    const entry: ProviderEntry = {
      keys: undefined,
      freshUntil: never,
      failedUntil: never,
      refetchAllowedAt: never,
      fetching: undefined,
    }
    providers.set(issuer, entry)
    return entry
  }

  function fetchShared(issuer: string, entry: ProviderEntry): Promise<FindKey> {
    entry.fetching ??= fetchInto(issuer, entry).finally(() => {
      entry.fetching = undefined
    })
    return entry.fetching
  }

  async function fetchInto(issuer: string, entry: ProviderEntry): Promise<FindKey> {
    try {
      const { keys, ageMs } = await fetchKeys(issuer, clock)
      entry.keys = keys
      entry.freshUntil = clock.monotonicMs() + ageMs
      return keys
    } catch (error) {
      logger.warn({ issuer, err: error }, 'keys of an OpenID Connect provider were not fetched')
      entry.failedUntil = clock.monotonicMs() + FAILURE_AGE_MS
      throw unreachable()
    }
  }

  return {
    async find(issuer) {
      const entry = entryOf(issuer)
      const now = clock.monotonicMs()
      if (entry.keys !== undefined && entry.freshUntil > now) return entry.keys
      if (entry.failedUntil > now) throw unreachable()
      return fetchShared(issuer, entry)
    },
    async findNewer(issuer, known) {
      const entry = entryOf(issuer)
      if (entry.keys !== undefined && entry.keys !== known) return entry.keys
      const now = clock.monotonicMs()
      if (entry.fetching === undefined) {
        if (entry.refetchAllowedAt > now) return undefined
        entry.refetchAllowedAt = now + REFETCH_INTERVAL_MS
      }
      return fetchShared(issuer, entry)
    },
  }
}

// evidence: docs OpenID Connect Discovery 1.0, 4.1 and 4.3 (the document names the same issuer)
async function fetchKeys(issuer: string, clock: Clock) {
  const discovered = await fetchJson(`${issuer.replace(/\/$/, '')}${DISCOVERY_PATH}`, clock)
  const { issuer: named, jwks_uri: keysUrl } = (discovered.value ?? {}) as Record<string, unknown>
  if (named !== issuer) throw new Error('the discovery document names another issuer')
  if (typeof keysUrl !== 'string') throw new Error('the discovery document has no jwks_uri')
  // Who is spoken with over TLS does not send us to a service of this machine.
  if (issuer.startsWith('https:') && !keysUrl.startsWith('https:')) {
    throw new Error('jwks_uri is no https URL')
  }
  const { value, maxAgeMs = KEYS_AGE_MS } = await fetchJson(keysUrl, clock)
  const listed = (value as Partial<JSONWebKeySet> | null)?.keys
  if (!Array.isArray(listed) || listed.length > KEYS_MAX) throw new Error('no set of keys')
  const keys = createLocalJWKSet({ keys: listed })
  return { keys, ageMs: Math.min(Math.max(maxAgeMs, KEYS_AGE_MIN_MS), KEYS_AGE_MAX_MS) }
}

// evidence: docs AssumeRoleWithWebIdentity (IDPCommunicationError)
function unreachable(): IDPCommunicationErrorException {
  return new IDPCommunicationErrorException(
    "Couldn't retrieve verification key from your identity provider, please reference " +
      'AssumeRoleWithWebIdentity documentation for requirements',
  )
}
