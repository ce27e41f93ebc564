// What the store keeps of IAM: names, keys and policies, and what is remembered of them between
// requests.
import { expect, it } from 'vitest'
import type { AccessKey, IamRole, IamUser, InlinePolicy } from '../../src/domain/access.ts'
import type { Cursor, Page } from '../../src/ports/paging.ts'
import type { PolicyOwner } from '../../src/ports/store-access.ts'
import type { StoreTransaction } from '../../src/ports/store.ts'
import { START } from './store-world.ts'
import type { CreateStoreBed } from './store.contract.ts'
import { withStore } from './with-store.ts'

const user = (userName: string, path = '/'): IamUser => ({
  userName,
  userId: `AIDA${userName}`,
  arn: `arn:aws:iam::000000000000:user${path}${userName}`,
  path,
  tags: new Map([['team', 'ä<&>']]),
  createdAt: START,
})

const role = (roleName: string, path = '/'): IamRole => ({
  roleName,
  roleId: `AROA${roleName}`,
  arn: `arn:aws:iam::000000000000:role${path}${roleName}`,
  path,
  description: 'of "use"',
  trustPolicy: '{}',
  maxSessionDurationS: 3600,
  tags: new Map(),
  createdAt: START,
})

const accessKey = (accessKeyId: string, userName: string): AccessKey => ({
  accessKeyId,
  userName,
  sealedSecret: `sealed ${accessKeyId}`,
  status: 'Active',
  createdAt: START,
})

const annOwner: PolicyOwner = { kind: 'user', userName: 'ann' }
const policy = (policyName: string, document = '{}'): InlinePolicy => ({ policyName, document })

export function describeAccess(createBed: CreateStoreBed): void {
  const world = withStore(createBed)
  const change = (work: (access: StoreTransaction['access']) => void | Promise<void>) =>
    world.store.transact(async ({ access }) => work(access))
  const read = () => world.store.read.access

  it('finds users and roles by their exact name, and knows names in any spelling', async () => {
    await change((access) => {
      access.insertUser(user('Ann', '/a/'))
      access.insertRole(role('Ops'))
    })
    expect(await read().findUser('Ann')).toEqual(user('Ann', '/a/'))
    expect(await read().findRole('Ops')).toEqual(role('Ops'))
    expect([await read().findUser('ann'), await read().findRole('OPS')]).toEqual([
      undefined,
      undefined,
    ])
    for (const name of ['Ann', 'ann', 'ANN']) expect(await read().isUserNameTaken(name)).toBe(true)
    for (const name of ['ops', 'OPS']) expect(await read().isRoleNameTaken(name)).toBe(true)
    expect(await read().isUserNameTaken('ops')).toBe(false)
    await world.reopen()
    expect(await read().findUser('Ann')).toEqual(user('Ann', '/a/'))
    await change((access) => {
      access.removeUser('Ann')
      access.removeRole('Ops')
    })
    expect(await read().findUser('Ann')).toBeUndefined()
    expect(await read().findRole('Ops')).toBeUndefined()
    expect(await read().isRoleNameTaken('ops')).toBe(false)
  })

  it('remembers a role only until it changes', async () => {
    await change((access) => access.insertRole(role('Ops')))
    for (const trustPolicy of ['{"a":1}', '{"b":2}']) {
      await read().findRole('Ops')
      await change((access) => access.replaceRole({ ...role('Ops'), trustPolicy }))
      expect((await read().findRole('Ops'))?.trustPolicy).toBe(trustPolicy)
    }
  })

  it('remembers a key with its user only until either changes', async () => {
    await change((access) => {
      access.insertUser(user('ann'))
      access.insertAccessKey(accessKey('K1', 'ann'))
    })
    const found = await read().findAccessKey('K1')
    expect(found).toEqual({ key: accessKey('K1', 'ann'), user: user('ann') })
    expect(await read().findAccessKey('K1')).toBe(found)
    expect(await read().findAccessKey('K2')).toBeUndefined()
    for (const status of ['Inactive', 'Active', 'Inactive'] as const) {
      await change((access) => access.replaceAccessKey({ ...accessKey('K1', 'ann'), status }))
      expect((await read().findAccessKey('K1'))?.key.status).toBe(status)
    }
    await change((access) => access.removeAccessKey('K1'))
    expect(await read().findAccessKey('K1')).toBeUndefined()
    await change((access) => access.insertAccessKey(accessKey('K2', 'ann')))
    expect((await read().findAccessKey('K2'))?.user.userName).toBe('ann')
    await change((access) => {
      access.removeAccessKey('K2')
      access.removeUser('ann')
    })
    expect(await read().findAccessKey('K2')).toBeUndefined()
  })

  it('gives the same policies until one of them changes', async () => {
    await change((access) => {
      access.insertUser(user('ann'))
      access.putPolicy(annOwner, policy('b'))
      access.putPolicy(annOwner, policy('a'))
      access.putPolicy({ kind: 'role', roleName: 'ann' }, policy('c'))
    })
    const first = await read().findPolicies(annOwner)
    expect(first).toEqual([policy('a'), policy('b')])
    await change((access) => access.insertUser(user('bob')))
    await change((access) => access.putPolicy({ kind: 'user', userName: 'bob' }, policy('x')))
    expect(await read().findPolicies(annOwner)).toBe(first)
    await change((access) => access.putPolicy(annOwner, policy('b', '{"n":2}')))
    expect(await read().findPolicies(annOwner)).toEqual([policy('a'), policy('b', '{"n":2}')])
    expect(await read().findPolicy(annOwner, 'b')).toEqual(policy('b', '{"n":2}'))
    await change((access) => access.removePolicy(annOwner, 'a'))
    expect(await read().findPolicies(annOwner)).toEqual([policy('b', '{"n":2}')])
    const none = await read().findPolicies({ kind: 'role', roleName: 'none' })
    expect(none).toEqual([])
    expect(await read().findPolicies({ kind: 'role', roleName: 'none' })).toBe(none)
  })

  it('lists by name in pages, below a path', async () => {
    await change((access) => {
      for (const name of ['d', 'b', 'E', 'a', 'c']) {
        access.insertUser(user(name, '/x/'))
        access.insertRole(role(name, '/x/'))
        access.putPolicy(annOwner, policy(name))
      }
      access.insertUser(user('other', '/y/'))
      access.insertUser(user('under_', '/x_/'))
    })
    const users = names(
      (after) => read().listUsers('/x/', { after, limit: 2 }),
      ({ userName }) => userName,
    )
    const roles = names(
      (after) => read().listRoles('/', { after, limit: 2 }),
      ({ roleName }) => roleName,
    )
    const policies = names(
      (after) => read().listPolicies(annOwner, { after, limit: 2 }),
      ({ policyName }) => policyName,
    )
    const pages = [['E', 'a'], ['b', 'c'], ['d']]
    expect(await Promise.all([users, roles, policies])).toEqual([pages, pages, pages])
    expect((await read().listUsers('/%', { limit: 9 })).items).toEqual([])
  })

  const hasRoomFor = (quota: number) =>
    world.store.transact((tx) => tx.fitsQuota({ kind: 'iam-users' }, 1, quota))

  it('counts users, roles and providers exactly, down as well as up', async () => {
    expect([await hasRoomFor(0), await hasRoomFor(1)]).toEqual([false, true])
    const outcomes = await Promise.all(
      Array.from({ length: 10 }, (_, n) =>
        world.store.transact(async (tx) => {
          if (!(await tx.fitsQuota({ kind: 'iam-users' }, 1, 3))) return false
          tx.access.insertUser(user(`u${n}`))
          return true
        }),
      ),
    )
    expect(outcomes.filter(Boolean)).toHaveLength(3)
    const { items } = await read().listUsers('/', { limit: 10 })
    expect(items).toHaveLength(3)
    await change((access) => access.removeUser(items[0]!.userName))
    expect([await hasRoomFor(2), await hasRoomFor(3)]).toEqual([false, true])
  })

  it('lets only one of two transactions have its way that contradict each other', async () => {
    await change((access) => access.insertUser(user('ann')))
    const [made, removed] = await Promise.all([
      world.store.transact(async ({ access }) => {
        if ((await access.findUser('ann')) === undefined) return false
        access.insertAccessKey(accessKey('K1', 'ann'))
        return true
      }),
      world.store.transact(async ({ access }) => {
        if ((await access.countAccessKeys('ann')) > 0) return false
        access.removeUser('ann')
        return true
      }),
    ])
    expect([made, removed].filter(Boolean)).toHaveLength(1)
    const outcomes = await Promise.all(
      ['Bob', 'bob', 'BOB'].map((name) =>
        world.store.transact(async ({ access }) => {
          if (await access.isUserNameTaken(name)) return false
          access.insertUser(user(name))
          return true
        }),
      ),
    )
    expect(outcomes.filter(Boolean)).toHaveLength(1)
  })

  it('keeps providers by their ARN', async () => {
    const provider = {
      arn: 'arn:aws:iam::000000000000:oidc-provider/a.example.com',
      url: 'a.example.com',
      clientIds: ['<&"日本">', 'b'],
      thumbprints: [],
      tags: new Map([['k', '']]),
      createdAt: START,
    }
    await change((access) => access.insertProvider(provider))
    expect(await read().findProvider(provider.arn)).toEqual(provider)
    expect(await read().listProviders()).toEqual([provider])
    await change((access) => access.removeProvider(provider.arn))
    expect(await read().findProvider(provider.arn)).toBeUndefined()
    expect(await read().listProviders()).toEqual([])
  })
}

/** The names on each page of a list. */
async function names<Item>(
  list: (after: Cursor | undefined) => Promise<Page<Item>>,
  nameOf: (item: Item) => string,
): Promise<string[][]> {
  const pages: string[][] = []
  let after: Cursor | undefined
  do {
    const page = await list(after)
    pages.push(page.items.map(nameOf))
    after = page.next
  } while (after !== undefined)
  return pages
}
