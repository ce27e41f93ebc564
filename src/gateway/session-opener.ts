// From an upgraded socket to an established session: check the request, make room, listen, say so.
// Refusals are told by a close code, as the upgrade is complete by then.
import type { MemberArn } from '../base/arn.ts'
import type { Logger } from '../base/logger.ts'
import type { StoreReader } from '../ports/store.ts'
import {
  ConnectRefusal,
  type ConnectAuthenticator,
  type ConnectRequest,
} from './authenticate-connect.ts'
import { CLOSE_CODES } from './close-codes.ts'
import type { Hub } from './hub.ts'
import type { Prefetcher } from './prefetcher.ts'
import type { SessionWatch } from './session-watch.ts'
import type { Session } from './session.ts'

export interface SessionOpenerOptions {
  readonly authenticate: ConnectAuthenticator
  readonly members: Pick<StoreReader['members'], 'findIdentity'>
  readonly memberships: Pick<StoreReader['memberships'], 'listConversations'>
  readonly hub: Hub
  readonly watch: SessionWatch
  readonly prefetcher: Pick<Prefetcher, 'begin'>
  readonly connectionsPerUser: number
  /** Whether this user may open another session now; counts it. */
  readonly admitConnect: (memberArn: MemberArn) => boolean
  /** Told of the close code of each connect request that is refused. */
  readonly refused: (code: number) => void
  readonly logger: Logger
}

/** Resolves when the session is established or ending; never rejects. */
export async function openSession(
  session: Session,
  request: ConnectRequest,
  options: SessionOpenerOptions,
): Promise<void> {
  try {
    await establish(session, request, options)
  } catch (error) {
    if (error instanceof ConnectRefusal) {
      options.refused(error.closeCode.code)
      session.end(error.closeCode, error.message)
    } else {
      options.logger.error({ requestId: session.requestId, err: error }, 'session not opened')
      session.end(CLOSE_CODES.internalError)
    }
  }
}

async function establish(
  session: Session,
  request: ConnectRequest,
  options: SessionOpenerOptions,
): Promise<void> {
  const grant = await options.authenticate(request)
  if (!session.isOpen) return
  session.memberArn = grant.memberArn
  session.sessionId = grant.sessionId
  session.expiresAt = grant.expiresAt
  makeRoom(session, options)
  options.hub.add(session)
  await listen(session, options)
  if (!session.isOpen) return
  if (session.expiresAt !== undefined) options.watch.expires(session)
  session.establish()
  options.logger.debug({ requestId: session.requestId }, 'session established')
  if (grant.prefetchOrder !== undefined) options.prefetcher.begin(session, grant.prefetchOrder)
}

// evidence: docs quotas (connections of a user, and how many a second); behaviour 1.7 for what
// happens beyond them
function makeRoom(session: Session, options: SessionOpenerOptions): void {
  // First, so that a client in a loop does not end its own older session each time.
  if (!options.admitConnect(session.memberArn)) {
    throw new ConnectRefusal(CLOSE_CODES.tooManyConnections, 'This user connects too often')
  }
  let open = 0
  for (const other of options.hub.sessionsOf(session.memberArn) as readonly Session[]) {
    if (session.sessionId !== undefined && other.sessionId === session.sessionId) {
      other.end(CLOSE_CODES.superseded)
    } else {
      open += 1
    }
  }
  if (open >= options.connectionsPerUser) {
    const message = `This user has ${open} connections already`
    throw new ConnectRefusal(CLOSE_CODES.tooManyConnections, message)
  }
}

/**
 * Attaches the session to the conversations of its member. What is heard while the list is read is
 * newer than the list: what the member joins and leaves, and the end of channels, of which those
 * who are not attached yet hear nothing else. That a user is gone it hears itself, from `hub.add`
 * on: so whether it still exists is asked once more.
 */
async function listen(session: Session, options: SessionOpenerOptions): Promise<void> {
  const { hub, memberships } = options
  session.beginRead()
  const listed = await memberships.listConversations(session.memberArn)
  if (!session.isOpen) return
  const current = listed.filter((each) => !session.hasChangedSinceRead(each))
  hub.attachAll(session, current)
  if ((await options.members.findIdentity(session.memberArn)) !== undefined) return
  throw new ConnectRefusal(CLOSE_CODES.forbidden, 'The user was deleted')
}
