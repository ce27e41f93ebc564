// The queries of IAM's users, access keys, roles, policies and OpenID Connect providers.
import { sql } from 'kysely'
import { defineStatement } from '../statement.ts'

interface ByName {
  readonly name: string
}

interface ByNameKey {
  readonly nameKey: string
}

export interface PathPage {
  readonly pathPrefix: string
  readonly pathPrefixLength: number
  readonly afterName: string
  readonly limit: number
}

export interface NamedValues {
  readonly id: string
  readonly name: string
  readonly nameKey: string
  readonly path: string
  readonly arn: string
  readonly tags: string | null
  readonly createdAt: number
}

const USER_COLUMNS = ['user_id', 'name', 'path', 'arn', 'tags', 'created_at'] as const
const ROLE_COLUMNS = [
  'role_id',
  'name',
  'path',
  'arn',
  'tags',
  'created_at',
  'description',
  'trust_policy',
  'max_session_duration_s',
] as const

export const findUserRow = defineStatement((db, { name }: ByName) =>
  db.selectFrom('iam_user').select(USER_COLUMNS).where('name', '=', name),
)

export const findUserNameKey = defineStatement((db, { nameKey }: ByNameKey) =>
  db.selectFrom('iam_user').select('name_key').where('name_key', '=', nameKey),
)

export const listUserRows = defineStatement((db, page: PathPage) =>
  db
    .selectFrom('iam_user')
    .select(USER_COLUMNS)
    .where('name', '>', page.afterName)
    .where(sql<boolean>`substr(path, 1, ${page.pathPrefixLength}) = ${page.pathPrefix}`)
    .orderBy('name')
    .limit(page.limit),
)

export const insertUserRow = defineStatement((db, user: NamedValues) =>
  db.insertInto('iam_user').values({
    user_id: user.id,
    name: user.name,
    name_key: user.nameKey,
    path: user.path,
    arn: user.arn,
    tags: user.tags,
    created_at: user.createdAt,
  }),
)

export const removeUserRow = defineStatement((db, { name }: ByName) =>
  db.deleteFrom('iam_user').where('name', '=', name),
)

export const findRoleRow = defineStatement((db, { name }: ByName) =>
  db.selectFrom('iam_role').select(ROLE_COLUMNS).where('name', '=', name),
)

export const findRoleNameKey = defineStatement((db, { nameKey }: ByNameKey) =>
  db.selectFrom('iam_role').select('name_key').where('name_key', '=', nameKey),
)

export const listRoleRows = defineStatement((db, page: PathPage) =>
  db
    .selectFrom('iam_role')
    .select(ROLE_COLUMNS)
    .where('name', '>', page.afterName)
    .where(sql<boolean>`substr(path, 1, ${page.pathPrefixLength}) = ${page.pathPrefix}`)
    .orderBy('name')
    .limit(page.limit),
)

interface RoleValues extends NamedValues {
  readonly description: string | null
  readonly trustPolicy: string
  readonly maxSessionDurationS: number
}

export const insertRoleRow = defineStatement((db, role: RoleValues) =>
  db.insertInto('iam_role').values({
    role_id: role.id,
    name: role.name,
    name_key: role.nameKey,
    path: role.path,
    arn: role.arn,
    tags: role.tags,
    created_at: role.createdAt,
    description: role.description,
    trust_policy: role.trustPolicy,
    max_session_duration_s: role.maxSessionDurationS,
  }),
)

export const replaceRoleRow = defineStatement(
  (db, role: ByName & { readonly trustPolicy: string }) =>
    db
      .updateTable('iam_role')
      .set({ trust_policy: role.trustPolicy })
      .where('name', '=', role.name),
)

export const removeRoleRow = defineStatement((db, { name }: ByName) =>
  db.deleteFrom('iam_role').where('name', '=', name),
)

interface KeyValues {
  readonly accessKeyId: string
  readonly userName: string
  readonly sealedSecret: string
  readonly status: string
  readonly createdAt: number
}

export const findKeyRow = defineStatement((db, { accessKeyId }: { readonly accessKeyId: string }) =>
  db
    .selectFrom('iam_access_key as k')
    .innerJoin('iam_user as u', 'u.name', 'k.user_name')
    .select([
      'k.access_key_id',
      'k.user_name',
      'k.sealed_secret',
      'k.status',
      'k.created_at as key_created_at',
      'u.user_id',
      'u.name',
      'u.path',
      'u.arn',
      'u.tags',
      'u.created_at',
    ])
    .where('k.access_key_id', '=', accessKeyId),
)

interface KeyPage {
  readonly userName: string
  readonly afterId: string
  readonly limit: number
}

export const listKeyRows = defineStatement((db, page: KeyPage) =>
  db
    .selectFrom('iam_access_key')
    .select(['access_key_id', 'user_name', 'sealed_secret', 'status', 'created_at'])
    .where('user_name', '=', page.userName)
    .where('access_key_id', '>', page.afterId)
    .orderBy('access_key_id')
    .limit(page.limit),
)

export const countKeyRows = defineStatement((db, { userName }: { readonly userName: string }) =>
  db
    .selectFrom('iam_access_key')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('user_name', '=', userName),
)

export const insertKeyRow = defineStatement((db, key: KeyValues) =>
  db.insertInto('iam_access_key').values({
    access_key_id: key.accessKeyId,
    user_name: key.userName,
    sealed_secret: key.sealedSecret,
    status: key.status,
    created_at: key.createdAt,
  }),
)

export const replaceKeyRow = defineStatement(
  (db, key: { readonly accessKeyId: string; readonly status: string }) =>
    db
      .updateTable('iam_access_key')
      .set({ status: key.status })
      .where('access_key_id', '=', key.accessKeyId),
)

export const removeKeyRow = defineStatement(
  (db, { accessKeyId }: { readonly accessKeyId: string }) =>
    db.deleteFrom('iam_access_key').where('access_key_id', '=', accessKeyId),
)

export interface OwnerPlace {
  readonly ownerKind: string
  readonly ownerName: string
}

interface PolicyPlace extends OwnerPlace {
  readonly policyName: string
}

export const findPolicyRow = defineStatement((db, place: PolicyPlace) =>
  db
    .selectFrom('iam_policy')
    .select(['policy_name', 'document'])
    .where('owner_kind', '=', place.ownerKind)
    .where('owner_name', '=', place.ownerName)
    .where('policy_name', '=', place.policyName),
)

export const listPolicyRows = defineStatement(
  (db, place: OwnerPlace & { readonly afterName: string; readonly limit: number }) =>
    db
      .selectFrom('iam_policy')
      .select(['policy_name', 'document'])
      .where('owner_kind', '=', place.ownerKind)
      .where('owner_name', '=', place.ownerName)
      .where('policy_name', '>', place.afterName)
      .orderBy('policy_name')
      .limit(place.limit),
)

export const allPolicyRows = defineStatement((db, place: OwnerPlace) =>
  db
    .selectFrom('iam_policy')
    .select(['policy_name', 'document'])
    .where('owner_kind', '=', place.ownerKind)
    .where('owner_name', '=', place.ownerName)
    .orderBy('policy_name'),
)

export const putPolicyRow = defineStatement(
  (db, place: PolicyPlace & { readonly document: string }) =>
    db
      .insertInto('iam_policy')
      .values({
        owner_kind: place.ownerKind,
        owner_name: place.ownerName,
        policy_name: place.policyName,
        document: place.document,
      })
      .onConflict((conflict) =>
        conflict
          .columns(['owner_kind', 'owner_name', 'policy_name'])
          .doUpdateSet({ document: (eb) => eb.ref('excluded.document') }),
      ),
)

export const removePolicyRow = defineStatement((db, place: PolicyPlace) =>
  db
    .deleteFrom('iam_policy')
    .where('owner_kind', '=', place.ownerKind)
    .where('owner_name', '=', place.ownerName)
    .where('policy_name', '=', place.policyName),
)

const PROVIDER_COLUMNS = ['arn', 'url', 'client_ids', 'thumbprints', 'tags', 'created_at'] as const

export const findProviderRow = defineStatement((db, { arn }: { readonly arn: string }) =>
  db.selectFrom('openid_connect_provider').select(PROVIDER_COLUMNS).where('arn', '=', arn),
)

export const allProviderRows = defineStatement((db, _none: object) =>
  db.selectFrom('openid_connect_provider').select(PROVIDER_COLUMNS).orderBy('arn'),
)

interface ProviderValues {
  readonly arn: string
  readonly url: string
  readonly clientIds: string
  readonly thumbprints: string
  readonly tags: string | null
  readonly createdAt: number
}

export const insertProviderRow = defineStatement((db, provider: ProviderValues) =>
  db.insertInto('openid_connect_provider').values({
    arn: provider.arn,
    url: provider.url,
    client_ids: provider.clientIds,
    thumbprints: provider.thumbprints,
    tags: provider.tags,
    created_at: provider.createdAt,
  }),
)

export const removeProviderRow = defineStatement((db, { arn }: { readonly arn: string }) =>
  db.deleteFrom('openid_connect_provider').where('arn', '=', arn),
)

export const countOneLess = defineStatement((db, { name }: ByName) =>
  db
    .updateTable('counter')
    .set((eb) => ({ value: eb('value', '-', 1) }))
    .where('name', '=', name),
)
