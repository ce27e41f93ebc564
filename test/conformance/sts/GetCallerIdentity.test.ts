// GetCallerIdentity: whom the server takes a credential for.
import { STS } from '@aws-sdk/client-sts'
import { expect } from 'vitest'
import { rawFetch } from '../../harness/signed-fetch.ts'
import { startServer } from '../../harness/start-server.ts'
import { casesOf } from '../kit/conformance-case.ts'
import { allow, credentialsOf, failsAs, trustAccount, useStsWorld } from '../kit/sts-world.ts'

const world = useStsWorld()
const given = casesOf('GetCallerIdentity')
const uuid = '[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}'

given(
  'wire',
  'doc',
  'Given the root credential, when it asks, then the answer is XML of exactly three members',
  async () => {
    const answer = await world.raw({ Action: 'GetCallerIdentity' })
    expect(answer.status).toBe(200)
    expect(answer.headers['content-type']).toMatch(/^text\/xml/)
    expect(answer.body).toMatch(
      new RegExp(
        '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">' +
          '<GetCallerIdentityResult><UserId>000000000000</UserId><Account>000000000000</Account>' +
          '<Arn>arn:aws:iam::000000000000:root</Arn></GetCallerIdentityResult>' +
          `<ResponseMetadata><RequestId>${uuid}</RequestId></ResponseMetadata>` +
          '</GetCallerIdentityResponse>$',
      ),
    )
  },
)

given(
  'wire',
  'code',
  'Given a server elsewhere, when a client signs for its region or globally, then both are taken',
  async () => {
    await using server = await startServer({ settings: { region: 'eu-central-1' } })
    for (const region of ['eu-central-1', 'us-east-1']) {
      const { httpUrl: endpoint, credentials } = server
      const sts = new STS({ endpoint, region, credentials })
      expect((await sts.getCallerIdentity({})).Account).toBe('000000000000')
      sts.destroy()
    }
  },
)

given(
  'wire',
  'doc',
  'Given another region, when it is signed for, then SignatureDoesNotMatch says so in XML',
  async () => {
    const answer = await world.raw({ Action: 'GetCallerIdentity' }, { region: 'eu-west-1' })
    expect(answer.status).toBe(403)
    expect(answer.body).toContain('<Code>SignatureDoesNotMatch</Code>')
  },
)

given(
  'authorisation',
  'doc',
  'Given no signature, when it is sent, then MissingAuthenticationToken',
  async () => {
    const answer = await rawFetch(world.server, {
      method: 'POST',
      path: '/',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: 'Action=GetCallerIdentity&Version=2011-06-15',
    })
    expect(answer.status).toBe(403)
    expect(answer.body).toContain('<Code>MissingAuthenticationToken</Code>')
  },
)

given(
  'authorisation',
  'doc',
  'Given a key that does not exist, when it asks, then InvalidClientTokenId',
  async () => {
    const credentials = { accessKeyId: 'AKIANOBODYNOBODYNOBO', secretAccessKey: 'x'.repeat(40) }
    const call = world.sts(credentials).getCallerIdentity({})
    const message = await failsAs(call, 'InvalidClientTokenId', 403)
    expect(message).toBe('The security token included in the request is invalid.')
  },
)

given(
  'authorisation',
  'doc',
  'Given an Inactive key, when it asks, then InvalidClientTokenId, and Active again it works',
  async () => {
    const user = await world.user()
    const UserName = user.name
    const AccessKeyId = user.credentials.accessKeyId
    await world.iam().updateAccessKey({ UserName, AccessKeyId, Status: 'Inactive' })
    const client = world.sts(user.credentials)
    await failsAs(client.getCallerIdentity({}), 'InvalidClientTokenId', 403)
    await world.iam().updateAccessKey({ UserName, AccessKeyId, Status: 'Active' })
    expect((await client.getCallerIdentity({})).Arn).toBe(user.arn)
    await world.iam().deleteAccessKey({ UserName, AccessKeyId })
    await failsAs(client.getCallerIdentity({}), 'InvalidClientTokenId', 403)
  },
)

given(
  'behaviour',
  'doc',
  'Given a user whose policy denies everything, when it asks, then it is told who it is',
  async () => {
    const user = await world.user({ Effect: 'Deny', Action: '*', Resource: '*' })
    const output = await world.sts(user.credentials).getCallerIdentity({})
    expect(output).toMatchObject({ Account: '000000000000', Arn: user.arn })
    expect(output.UserId).toMatch(/^AIDA[A-Z2-7]{17}$/)
  },
)

given(
  'behaviour',
  'doc',
  'Given the session of a role, when it asks, then it is told role and session',
  async () => {
    const role = await world.role(trustAccount())
    const user = await world.user(allow('sts:AssumeRole'))
    const session = credentialsOf(
      await world.sts(user.credentials).assumeRole({ RoleArn: role.arn, RoleSessionName: 'ana@x' }),
    )
    expect(await world.sts(session).getCallerIdentity({})).toMatchObject({
      UserId: `${role.id}:ana@x`,
      Account: '000000000000',
      Arn: `arn:aws:sts::000000000000:assumed-role/${role.name}/ana@x`,
    })
  },
)
