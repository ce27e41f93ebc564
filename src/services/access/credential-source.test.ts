// Which credentials exist: root, active access keys, and role sessions with their own token only.
import { describe, expect, it } from 'vitest'
import type { AccessKey, IamUser } from '../../domain/access.ts'
import type { RoleSession } from '../../domain/role-session.ts'
import { createCredentialSource } from './credential-source.ts'
import { createSecretSealer } from './secret-sealer.ts'
import { createSessionTokens } from './session-tokens.ts'

const accountId = '000000000000'
const root = { accessKeyId: 'AKIAROOTROOTROOTROOT', secretAccessKey: 'root-secret' }
const user: IamUser = {
  userName: 'back-end',
  userId: 'AIDA2222222222222222',
  arn: `arn:aws:iam::${accountId}:user/back-end`,
  path: '/',
  tags: new Map([['team', 'chat']]),
  createdAt: 0,
}
const session: RoleSession = {
  accessKeyId: 'ASIA2222222222222222',
  secretAccessKey: 'session-secret',
  accountId,
  roleName: 'chat',
  roleId: 'AROA2222222222222222',
  sessionName: 'ana',
  tags: new Map([['user', 'ana']]),
  transitiveTagKeys: [],
  issuedAt: 0,
  expiresAt: 900_000,
}

function given() {
  const secrets = createSecretSealer(Buffer.alloc(32, 1))
  const sessionTokens = createSessionTokens(Buffer.alloc(32, 2))
  const keys = new Map<string, AccessKey>()
  const add = (
    accessKeyId: string,
    status: AccessKey['status'] = 'Active',
    sealedFor = accessKeyId,
  ) =>
    keys.set(accessKeyId, {
      accessKeyId,
      userName: user.userName,
      sealedSecret: secrets.seal(`secret of ${accessKeyId}`, sealedFor),
      status,
      createdAt: 0,
    })
  let opened = 0
  const warnings: string[] = []
  const source = createCredentialSource({
    root,
    accountId,
    access: {
      async findAccessKey(accessKeyId) {
        const key = keys.get(accessKeyId)
        return key === undefined ? undefined : { key, user }
      },
    },
    secrets: {
      open(sealed, context) {
        opened += 1
        return secrets.open(sealed, context)
      },
    },
    sessionTokens,
    logger: { warn: (_fields: unknown, text?: string) => warnings.push(text ?? '') },
  })
  return { source, keys, add, warnings, sessionTokens, openedCount: () => opened }
}

describe('root', () => {
  it('is found without a session token, and not with one', async () => {
    const { source, sessionTokens } = given()
    expect(await source.find(root.accessKeyId, undefined)).toEqual({
      ...root,
      accountId,
      principal: { kind: 'root', arn: 'arn:aws:iam::000000000000:root', accountId },
    })
    expect(await source.find(root.accessKeyId, 'token')).toBeUndefined()
    expect(await source.find(root.accessKeyId, sessionTokens.seal(session))).toBeUndefined()
    expect(await source.find(root.accessKeyId, '')).toBeUndefined()
  })
})

describe('an access key', () => {
  it('is found with its user and its own secret, which is opened once', async () => {
    const { source, add, openedCount } = given()
    add('AKIAONE')
    add('AKIATWO')
    const one = await source.find('AKIAONE', undefined)
    expect(one).toEqual({
      accessKeyId: 'AKIAONE',
      secretAccessKey: 'secret of AKIAONE',
      accountId,
      principal: {
        kind: 'user',
        arn: user.arn,
        accountId,
        userId: user.userId,
        userName: user.userName,
        tags: user.tags,
      },
    })
    expect((await source.find('AKIATWO', undefined))?.secretAccessKey).toBe('secret of AKIATWO')
    await source.find('AKIAONE', undefined)
    expect(openedCount()).toBe(2)
  })

  it('does not exist when it is unknown, inactive, deleted or comes with a session token', async () => {
    const { source, add, keys, sessionTokens } = given()
    add('AKIAONE')
    add('AKIAOFF', 'Inactive')
    expect(await source.find('AKIANOBODY', undefined)).toBeUndefined()
    expect(await source.find('AKIAOFF', undefined)).toBeUndefined()
    expect(await source.find('AKIAONE', 'token')).toBeUndefined()
    expect(await source.find('AKIAONE', sessionTokens.seal(session))).toBeUndefined()
    expect(await source.find('AKIAONE', undefined)).toBeDefined()
    keys.delete('AKIAONE')
    expect(await source.find('AKIAONE', undefined)).toBeUndefined()
  })

  it('does not exist when its secret was sealed for another key or by another server', async () => {
    const { source, add, keys, warnings } = given()
    add('AKIAONE')
    add('AKIATWO')
    await source.find('AKIAONE', undefined)
    const { sealedSecret } = keys.get('AKIAONE')!
    keys.set('AKIATWO', { ...keys.get('AKIATWO')!, sealedSecret })
    expect(await source.find('AKIATWO', undefined)).toBeUndefined()
    const foreign = createSecretSealer(Buffer.alloc(32, 9)).seal('x', 'AKIAONE')
    keys.set('AKIAONE', { ...keys.get('AKIAONE')!, sealedSecret: foreign })
    expect(warnings).toHaveLength(1)
    for (let attempt = 0; attempt < 3; attempt += 1) {
      expect(await source.find('AKIAONE', undefined)).toBeUndefined()
    }
    expect(warnings).toHaveLength(2)
    expect(warnings[1]).toContain('another secret key')
  })
})

describe('a role session', () => {
  it('is found with its own token, also when it has expired', async () => {
    const { source, sessionTokens } = given()
    const found = await source.find(session.accessKeyId, sessionTokens.seal(session))
    expect(found).toMatchObject({
      accessKeyId: session.accessKeyId,
      secretAccessKey: 'session-secret',
      accountId,
      expiresAt: 900_000,
      principal: {
        kind: 'assumed-role',
        arn: `arn:aws:sts::${accountId}:assumed-role/chat/ana`,
        userId: 'AROA2222222222222222:ana',
        tags: session.tags,
      },
    })
  })

  it('does not exist without its token or with that of another', async () => {
    const { source, sessionTokens } = given()
    const other = sessionTokens.seal({ ...session, accessKeyId: 'ASIA3333333333333333' })
    expect(await source.find(session.accessKeyId, undefined)).toBeUndefined()
    expect(await source.find(session.accessKeyId, other)).toBeUndefined()
    const foreign = sessionTokens.seal({ ...session, accountId: '111111111111' })
    expect(await source.find(session.accessKeyId, foreign)).toBeUndefined()
  })
})
