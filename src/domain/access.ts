// Who signs requests: IAM users, roles and what they are allowed by. Instants are epoch
// milliseconds.
import type { Tags } from './tags.ts'

/** Whoever a credential speaks for. */
export type Principal =
  /** The account's own credential: may do everything, whatever policies say. */
  | { readonly kind: 'root'; readonly arn: string; readonly accountId: string }
  | {
      readonly kind: 'user'
      /** `arn:aws:iam::ACCOUNT:user/PATH/NAME` */
      readonly arn: string
      readonly accountId: string
      /** Starts with AIDA; the value of `aws:userid`. */
      readonly userId: string
      readonly userName: string
      readonly tags: Tags
    }
  | {
      readonly kind: 'assumed-role'
      /** `arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION` */
      readonly arn: string
      readonly accountId: string
      /** `AROA…:SESSION`; the value of `aws:userid`. */
      readonly userId: string
      readonly roleName: string
      /** The role's own id: a role of the same name made later is another one. */
      readonly roleId: string
      readonly sessionName: string
      /** Tags of the role and of the session; those of the session win. */
      readonly tags: Tags
      /** Text of the session policy: allows at most what the role allows, too. */
      readonly sessionPolicy?: string | undefined
      /** Keys of the tags that sessions of a next role inherit; absent for none. */
      readonly transitiveTagKeys?: readonly string[] | undefined
      /** Set once, at the first role, and kept by those that are assumed from it. */
      readonly sourceIdentity?: string | undefined
    }
  /** A request without a signature, where an operation allows that. */
  | { readonly kind: 'anonymous'; readonly accountId: string }

/** A user of IAM, which signs requests; not one that talks in channels. */
export interface IamUser {
  readonly userName: string
  readonly userId: string
  readonly arn: string
  readonly path: string
  readonly tags: Tags
  readonly createdAt: number
}

/** What a user of IAM signs with. */
export interface AccessKey {
  readonly accessKeyId: string
  readonly userName: string
  /** Encrypted with the server's key; never shown. */
  readonly sealedSecret: string
  readonly status: 'Active' | 'Inactive'
  readonly createdAt: number
}

/** A role of IAM: whoever its trust policy names may act as it for a time. */
export interface IamRole {
  readonly roleName: string
  readonly roleId: string
  readonly arn: string
  readonly path: string
  readonly description?: string | undefined
  /** Text of the policy that says who may assume it. */
  readonly trustPolicy: string
  readonly maxSessionDurationS: number
  readonly tags: Tags
  readonly createdAt: number
}

/** Whose web identity tokens are accepted. */
export interface OpenIdConnectProvider {
  readonly arn: string
  /** Without the scheme, as IAM shows it. */
  readonly url: string
  readonly clientIds: readonly string[]
  readonly thumbprints: readonly string[]
  readonly tags: Tags
  readonly createdAt: number
}

/** An inline policy of a user or a role. */
export interface InlinePolicy {
  readonly policyName: string
  /** The document as JSON text, as it was put. */
  readonly document: string
}
