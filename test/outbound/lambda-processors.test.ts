// The whole way of a message through a Lambda function: the server invokes it by the AWS SDK, an
// endpoint that is not ours runs it, and it calls back by the AWS SDK.
import {
  AssociateChannelFlowCommand,
  CreateChannelFlowCommand,
  ListChannelMessagesCommand,
  SendChannelMessageCommand,
} from '@aws-sdk/client-chime-sdk-messaging'
import { expect, test } from 'vitest'
import { startLambdaEndpoint } from '../harness/lambda-endpoint.ts'
import { connectSession } from '../harness/messaging-session.ts'
import { createScenario, unique } from '../harness/scenario.ts'
import { createSdkClients } from '../harness/sdk-clients.ts'
import { ROOT_CREDENTIALS, startServerProcess } from '../harness/start-server.ts'

/** Of whoever runs the server, for Lambda; the endpoint of the tests takes any. */
const AWS_ENVIRONMENT = {
  AWS_ACCESS_KEY_ID: 'AKIAOPERATOROPERATOR',
  AWS_SECRET_ACCESS_KEY: 'operator',
}

test('a Lambda function masks one message and denies another, by its name and by an alias of it', async () => {
  await using lambda = await startLambdaEndpoint([
    {
      name: 'profanity-filter',
      module: new URL('../../examples/channel-flow/lambda.ts', import.meta.url),
    },
  ])
  await using server = await startServerProcess(
    {},
    { ...AWS_ENVIRONMENT, AWS_ENDPOINT_URL_LAMBDA: lambda.url },
  )
  Object.assign(lambda.environment, {
    AWS_ENDPOINT_URL_CHIME_SDK_MESSAGING: server.httpUrl,
    AWS_ACCESS_KEY_ID: ROOT_CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: ROOT_CREDENTIALS.secretAccessKey,
  })
  using clients = createSdkClients(server)
  const { messaging } = clients
  const scenario = await createScenario(clients)
  const [owner, member] = [await scenario.user('ana'), await scenario.user('bo')]
  for (const alias of ['', ':live']) {
    const ChannelArn = await scenario.channel(owner, { MemberArns: [member] })
    const ResourceArn = `arn:aws:lambda:${server.region}:${server.accountId}:function:profanity-filter${alias}`
    const { ChannelFlowArn } = await messaging.send(
      new CreateChannelFlowCommand({
        AppInstanceArn: scenario.appInstanceArn,
        Name: 'moderation',
        Processors: [
          {
            Name: 'filter',
            Configuration: { Lambda: { ResourceArn, InvocationType: 'ASYNC' } },
            ExecutionOrder: 1,
            FallbackAction: 'ABORT',
          },
        ],
        ClientRequestToken: unique(),
      }),
    )
    await messaging.send(
      new AssociateChannelFlowCommand({ ChannelArn, ChannelFlowArn, ChimeBearer: owner }),
    )
    using session = await connectSession(server, owner)
    const send = async (Content: string) => {
      const { MessageId, Status } = await messaging.send(
        new SendChannelMessageCommand({
          ChannelArn,
          Content,
          Type: 'STANDARD',
          Persistence: 'PERSISTENT',
          ClientRequestToken: unique(),
          ChimeBearer: owner,
        }),
      )
      expect(Status?.Value).toBe('PENDING')
      return MessageId
    }
    const masked = await send('What the heck')
    const denied = await send('You idiots')
    const created = await session.waitForType('CREATE_CHANNEL_MESSAGE', { MessageId: masked })
    expect(created.payload).toMatchObject({ Content: 'What the ****', Status: { Value: 'SENT' } })
    await session.waitForType('DENIED_CREATE_CHANNEL_MESSAGE', { MessageId: denied })
    const { ChannelMessages } = await messaging.send(
      new ListChannelMessagesCommand({ ChannelArn, ChimeBearer: member }),
    )
    expect(ChannelMessages?.map(({ Content }) => Content)).toEqual(['What the ****'])
  }
})
