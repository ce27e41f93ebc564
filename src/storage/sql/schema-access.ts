// The tables of IAM as TypeScript sees them. The tables themselves are made in migrations/.

interface NamedTable {
  readonly name: string
  /** The name in lower case, under which it is unique. */
  readonly name_key: string
  readonly path: string
  readonly arn: string
  /** JSON, an array of [key, value]; null for none. */
  readonly tags: string | null
  readonly created_at: number
}

interface IamUserTable extends NamedTable {
  readonly user_id: string
}

interface IamRoleTable extends NamedTable {
  readonly role_id: string
  readonly description: string | null
  readonly trust_policy: string
  readonly max_session_duration_s: number
}

interface IamAccessKeyTable {
  readonly access_key_id: string
  readonly user_name: string
  readonly sealed_secret: string
  readonly status: string
  readonly created_at: number
}

interface IamPolicyTable {
  /** `user` or `role`. */
  readonly owner_kind: string
  readonly owner_name: string
  readonly policy_name: string
  readonly document: string
}

interface OpenIdConnectProviderTable {
  readonly arn: string
  readonly url: string
  /** JSON, an array. */
  readonly client_ids: string
  /** JSON, an array. */
  readonly thumbprints: string
  readonly tags: string | null
  readonly created_at: number
}

/** The tables, for Kysely. */
export interface AccessTables {
  readonly iam_user: IamUserTable
  readonly iam_role: IamRoleTable
  readonly iam_access_key: IamAccessKeyTable
  readonly iam_policy: IamPolicyTable
  readonly openid_connect_provider: OpenIdConnectProviderTable
}
