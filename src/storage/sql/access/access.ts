// IAM users, keys, roles, policies and OpenID Connect providers: reads and changes. What comes with
// every request (key, role, policies) is remembered.
import type {
  AccessKey,
  IamRole,
  IamUser,
  InlinePolicy,
  OpenIdConnectProvider,
} from '../../../domain/access.ts'
import type { Page, PageRequest } from '../../../ports/paging.ts'
import type * as port from '../../../ports/store-access.ts'
import type { PolicyOwner } from '../../../ports/store-access.ts'
import type { ReadContext, WriteContext } from '../contexts.ts'
import { pageOf } from '../paging.ts'
import {
  accessKeyKey,
  accessKeyOf,
  keysOfUserKey,
  nameKeyOf,
  ownerPlaceOf,
  policiesKey,
  providerKey,
  providerOf,
  PROVIDERS_KEY,
  roleKey,
  roleOf,
  tagsTextOf,
  userKey,
  userOf,
} from './access-rows.ts'
import * as statements from './access-statements.ts'

export class AccessReader implements port.AccessReader {
  readonly #context: ReadContext

  constructor(context: ReadContext) {
    this.#context = context
  }

  async findUser(userName: string): Promise<IamUser | undefined> {
    this.#context.dependOn(userKey(userName))
    const row = await this.#context.first(statements.findUserRow, { name: userName })
    return row && userOf(row)
  }

  async isUserNameTaken(userName: string): Promise<boolean> {
    this.#context.dependOn(userKey(userName))
    const nameKey = nameKeyOf(userName)
    return (await this.#context.first(statements.findUserNameKey, { nameKey })) !== undefined
  }

  async listUsers(pathPrefix: string, page: PageRequest): Promise<Page<IamUser>> {
    const rows = await this.#context.all(statements.listUserRows, pathPageOf(pathPrefix, page))
    return pageOf(rows, page.limit, userOf, (row) => [row.name])
  }

  async findAccessKey(accessKeyId: string) {
    const name = accessKeyKey(accessKeyId)
    const { result } = await this.#context.recall(name, async () => {
      const row = await this.#context.first(statements.findKeyRow, { accessKeyId })
      if (row === undefined) return { result: undefined, keys: [name] }
      const key = accessKeyOf(row, row.key_created_at)
      return { result: { key, user: userOf(row) }, keys: [name, userKey(row.name)] }
    })
    return result
  }

  async listAccessKeys(userName: string, page: PageRequest): Promise<Page<AccessKey>> {
    const rows = await this.#context.all(statements.listKeyRows, {
      userName,
      afterId: String(page.after?.[0] ?? ''),
      limit: page.limit + 1,
    })
    const keyOf = (row: (typeof rows)[number]) => accessKeyOf(row, row.created_at)
    return pageOf(rows, page.limit, keyOf, (row) => [row.access_key_id])
  }

  async countAccessKeys(userName: string): Promise<number> {
    this.#context.dependOn(keysOfUserKey(userName))
    const row = await this.#context.first(statements.countKeyRows, { userName })
    return row?.count ?? 0
  }

  async findRole(roleName: string): Promise<IamRole | undefined> {
    // By its spelling, while the key is the same for all spellings.
    const name = `iam role spelled ${roleName}`
    const { result } = await this.#context.recall(name, async () => {
      const row = await this.#context.first(statements.findRoleRow, { name: roleName })
      return { result: row && roleOf(row), keys: [roleKey(roleName)] }
    })
    return result
  }

  async isRoleNameTaken(roleName: string): Promise<boolean> {
    this.#context.dependOn(roleKey(roleName))
    const nameKey = nameKeyOf(roleName)
    return (await this.#context.first(statements.findRoleNameKey, { nameKey })) !== undefined
  }

  async listRoles(pathPrefix: string, page: PageRequest): Promise<Page<IamRole>> {
    const rows = await this.#context.all(statements.listRoleRows, pathPageOf(pathPrefix, page))
    return pageOf(rows, page.limit, roleOf, (row) => [row.name])
  }

  async findPolicy(owner: PolicyOwner, policyName: string): Promise<InlinePolicy | undefined> {
    this.#context.dependOn(policiesKey(owner))
    const place = { ...ownerPlaceOf(owner), policyName }
    const row = await this.#context.first(statements.findPolicyRow, place)
    return row && policyOf(row)
  }

  async listPolicies(owner: PolicyOwner, page: PageRequest): Promise<Page<InlinePolicy>> {
    const rows = await this.#context.all(statements.listPolicyRows, {
      ...ownerPlaceOf(owner),
      afterName: String(page.after?.[0] ?? ''),
      limit: page.limit + 1,
    })
    return pageOf(rows, page.limit, policyOf, (row) => [row.policy_name])
  }

  async findPolicies(owner: PolicyOwner): Promise<readonly InlinePolicy[]> {
    const name = policiesKey(owner)
    const { result } = await this.#context.recall(name, async () => {
      const rows = await this.#context.all(statements.allPolicyRows, ownerPlaceOf(owner))
      return { result: rows.map(policyOf), keys: [name] }
    })
    return result
  }

  async findProvider(arn: string): Promise<OpenIdConnectProvider | undefined> {
    this.#context.dependOn(providerKey(arn))
    const row = await this.#context.first(statements.findProviderRow, { arn })
    return row && providerOf(row)
  }

  async listProviders(): Promise<readonly OpenIdConnectProvider[]> {
    this.#context.dependOn(PROVIDERS_KEY)
    const rows = await this.#context.all(statements.allProviderRows, {})
    return rows.map(providerOf)
  }
}

export class AccessWriter extends AccessReader implements port.AccessWriter {
  readonly #context: WriteContext

  constructor(context: WriteContext) {
    super(context)
    this.#context = context
  }

  insertUser(user: IamUser): void {
    const { userName, userId } = user
    this.#context.changeKey(userKey(userName))
    this.#context.change(statements.insertUserRow, namedValuesOf(userId, userName, user))
    this.#context.countOneMore({ kind: 'iam-users' })
  }

  removeUser(userName: string): void {
    this.#context.changeKey(userKey(userName))
    this.#context.change(statements.removeUserRow, { name: userName })
    this.#context.change(statements.countOneLess, { name: 'iam-users' })
  }

  insertAccessKey(key: AccessKey): void {
    const { accessKeyId, userName, sealedSecret, status, createdAt } = key
    this.#context.changeKey(keysOfUserKey(userName))
    this.#context.changeKey(accessKeyKey(accessKeyId))
    const values = { accessKeyId, userName, sealedSecret, status, createdAt }
    this.#context.change(statements.insertKeyRow, values)
  }

  replaceAccessKey({ accessKeyId, status }: AccessKey): void {
    this.#context.changeKey(accessKeyKey(accessKeyId))
    this.#context.change(statements.replaceKeyRow, { accessKeyId, status })
  }

  removeAccessKey(accessKeyId: string): void {
    this.#context.changeKey(accessKeyKey(accessKeyId))
    this.#context.change(statements.removeKeyRow, { accessKeyId })
  }

  insertRole(role: IamRole): void {
    this.#context.changeKey(roleKey(role.roleName))
    this.#context.change(statements.insertRoleRow, {
      ...namedValuesOf(role.roleId, role.roleName, role),
      description: role.description ?? null,
      trustPolicy: role.trustPolicy,
      maxSessionDurationS: role.maxSessionDurationS,
    })
    this.#context.countOneMore({ kind: 'iam-roles' })
  }

  replaceRole({ roleName, trustPolicy }: IamRole): void {
    this.#context.changeKey(roleKey(roleName))
    this.#context.change(statements.replaceRoleRow, { name: roleName, trustPolicy })
  }

  removeRole(roleName: string): void {
    this.#context.changeKey(roleKey(roleName))
    this.#context.change(statements.removeRoleRow, { name: roleName })
    this.#context.change(statements.countOneLess, { name: 'iam-roles' })
  }

  putPolicy(owner: PolicyOwner, { policyName, document }: InlinePolicy): void {
    this.#context.changeKey(policiesKey(owner))
    const place = { ...ownerPlaceOf(owner), policyName, document }
    this.#context.change(statements.putPolicyRow, place)
  }

  removePolicy(owner: PolicyOwner, policyName: string): void {
    this.#context.changeKey(policiesKey(owner))
    this.#context.change(statements.removePolicyRow, { ...ownerPlaceOf(owner), policyName })
  }

  insertProvider(provider: OpenIdConnectProvider): void {
    const { arn, url, createdAt } = provider
    this.#context.changeKey(providerKey(arn))
    this.#context.changeKey(PROVIDERS_KEY)
    this.#context.change(statements.insertProviderRow, {
      arn,
      url,
      clientIds: JSON.stringify(provider.clientIds),
      thumbprints: JSON.stringify(provider.thumbprints),
      tags: tagsTextOf(provider.tags),
      createdAt,
    })
    this.#context.countOneMore({ kind: 'openid-connect-providers' })
  }

  removeProvider(arn: string): void {
    this.#context.changeKey(providerKey(arn))
    this.#context.changeKey(PROVIDERS_KEY)
    this.#context.change(statements.removeProviderRow, { arn })
    this.#context.change(statements.countOneLess, { name: 'openid-connect-providers' })
  }
}

function pathPageOf(pathPrefix: string, page: PageRequest): statements.PathPage {
  return {
    pathPrefix,
    pathPrefixLength: pathPrefix.length,
    afterName: String(page.after?.[0] ?? ''),
    limit: page.limit + 1,
  }
}

function namedValuesOf(
  id: string,
  name: string,
  { path, arn, tags, createdAt }: Pick<IamUser, 'path' | 'arn' | 'tags' | 'createdAt'>,
): statements.NamedValues {
  return { id, name, nameKey: nameKeyOf(name), path, arn, tags: tagsTextOf(tags), createdAt }
}

function policyOf(row: { readonly policy_name: string; readonly document: string }): InlinePolicy {
  return { policyName: row.policy_name, document: row.document }
}
