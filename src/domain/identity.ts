// App instances and who lives in them: users, bots and administrators, as the server sees them.
import type { AppInstanceArn, AppInstanceUserArn, MemberArn } from '../base/arn.ts'

/** An ARN with the name to show for it: the current one, or the last known of a deleted user. */
export interface Identity {
  readonly arn: MemberArn
  readonly name: string
}

/** A tenant: the namespace of users, bots and channels. Instants are epoch milliseconds. */
export interface AppInstance {
  readonly arn: AppInstanceArn
  readonly name: string
  /** Absent when never given; may be empty. */
  readonly metadata?: string | undefined
  readonly createdAt: number
  readonly lastUpdatedAt: number
}

/** A user of an app instance. Instants are epoch milliseconds. */
export interface AppInstanceUser {
  readonly arn: AppInstanceUserArn
  readonly name: string
  readonly metadata?: string | undefined
  readonly createdAt: number
  readonly lastUpdatedAt: number
}

/** A user or bot that administers its app instance. */
export interface AppInstanceAdmin {
  readonly appInstanceArn: AppInstanceArn
  readonly admin: Identity
  readonly createdAt: number
}
