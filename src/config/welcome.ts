// What the server prints when it serves: where it is, the credential at the first start, and
// programs to paste that make a channel and talk in it.
import type { RootCredential } from './data-directory.ts'

export interface WelcomeFacts {
  /** `http://…` or, without that listener, `https://…`. */
  readonly url: string
  /** `host:port` that sessions connect to, and whether by TLS. */
  readonly sessionEndpoint: string
  readonly region: string
  readonly rootCredential: RootCredential
  readonly rootCredentialOrigin: 'made' | 'kept' | 'configured'
  readonly rootCredentialsPath: string
  /** The authority that clients of the TLS listener are to trust. */
  readonly authorityPath: string | undefined
  /** The URLs of the listeners. */
  readonly addresses: readonly string[]
}

/** The whole text, ending in the `ready …` line. */
export function renderWelcome(facts: WelcomeFacts): string {
  const parts = [
    credentialPart(facts),
    cliPart(facts),
    botoPart(facts),
    sdkPart(facts),
    browserPart(facts),
    trustPart(facts),
  ]
  return `${parts.filter((part) => part !== '').join('\n\n')}\n\nready ${facts.addresses.join(' ')}\n`
}

function credentialPart(facts: WelcomeFacts): string {
  const { url, region, authorityPath } = facts
  const trust =
    url.startsWith('https:') && authorityPath !== undefined
      ? `\nexport AWS_CA_BUNDLE='${authorityPath}' NODE_EXTRA_CA_CERTS='${authorityPath}'`
      : ''
  return `${credentialLines(facts)}
export AWS_DEFAULT_REGION='${region}' AWS_REGION='${region}'${trust}`
}

function credentialLines(facts: WelcomeFacts): string {
  const { rootCredential, rootCredentialsPath } = facts
  const exportFrom = (read: (name: string) => string) =>
    `export AWS_ACCESS_KEY_ID=${read('accessKeyId')}
export AWS_SECRET_ACCESS_KEY=${read('secretAccessKey')}`
  switch (facts.rootCredentialOrigin) {
    case 'made':
      return `# The root credential, shown this once and kept in ${rootCredentialsPath}.
# In a shell, for the snippets below:
export AWS_ACCESS_KEY_ID='${rootCredential.accessKeyId}'
export AWS_SECRET_ACCESS_KEY='${rootCredential.secretAccessKey}'`
    case 'kept':
      return `# In a shell, for the snippets below:
${exportFrom((name) => `"$(node -p 'require("${rootCredentialsPath}").${name}')"`)}`
    case 'configured':
      return `# In a shell, for the snippets below:
export AWS_ACCESS_KEY_ID="$CARILLON_ACCESS_KEY_ID"
export AWS_SECRET_ACCESS_KEY="$CARILLON_SECRET_ACCESS_KEY"`
  }
}

function cliPart({ url }: WelcomeFacts): string {
  return `# AWS CLI
export AWS_PAGER=''
identity() { aws chime-sdk-identity --endpoint-url ${url} --output text "$@"; }
messaging() { aws chime-sdk-messaging --endpoint-url ${url} --output text "$@"; }
app=$(identity create-app-instance --name demo --query AppInstanceArn)
ann=$(identity create-app-instance-user --app-instance-arn "$app" --app-instance-user-id ann --name Ann --query AppInstanceUserArn)
bob=$(identity create-app-instance-user --app-instance-arn "$app" --app-instance-user-id bob --name Bob --query AppInstanceUserArn)
channel=$(messaging create-channel --app-instance-arn "$app" --name lobby --chime-bearer "$ann" --query ChannelArn)
messaging create-channel-membership --channel-arn "$channel" --member-arn "$bob" --type DEFAULT --chime-bearer "$ann"
messaging send-channel-message --channel-arn "$channel" --content 'Hello from the CLI' --type STANDARD --persistence PERSISTENT --chime-bearer "$bob"
messaging list-channel-messages --channel-arn "$channel" --chime-bearer "$ann" --query 'ChannelMessages[].Content'`
}

function botoPart({ url }: WelcomeFacts): string {
  return `# boto3
python3 - <<'END'
import boto3
identity = boto3.client('chime-sdk-identity', endpoint_url='${url}')
messaging = boto3.client('chime-sdk-messaging', endpoint_url='${url}')
app = identity.create_app_instance(Name='demo')['AppInstanceArn']
ann, bob = (identity.create_app_instance_user(AppInstanceArn=app, AppInstanceUserId=name, Name=name)['AppInstanceUserArn'] for name in ('ann', 'bob'))
channel = messaging.create_channel(AppInstanceArn=app, Name='lobby', ChimeBearer=ann)['ChannelArn']
messaging.create_channel_membership(ChannelArn=channel, MemberArn=bob, Type='DEFAULT', ChimeBearer=ann)
messaging.send_channel_message(ChannelArn=channel, Content='Hello from boto3', Type='STANDARD', Persistence='PERSISTENT', ChimeBearer=bob)
print([message['Content'] for message in messaging.list_channel_messages(ChannelArn=channel, ChimeBearer=ann)['ChannelMessages']])
END`
}

function sdkPart({ url }: WelcomeFacts): string {
  return `# AWS SDK for JavaScript v3: npm install @aws-sdk/client-chime-sdk-identity @aws-sdk/client-chime-sdk-messaging
node --input-type=module - <<'END'
import { ChimeSDKIdentity } from '@aws-sdk/client-chime-sdk-identity'
import { ChimeSDKMessaging } from '@aws-sdk/client-chime-sdk-messaging'
const identity = new ChimeSDKIdentity({ endpoint: '${url}' })
const messaging = new ChimeSDKMessaging({ endpoint: '${url}' })
const { AppInstanceArn } = await identity.createAppInstance({ Name: 'demo' })
const user = async (id) => (await identity.createAppInstanceUser({ AppInstanceArn, AppInstanceUserId: id, Name: id })).AppInstanceUserArn
const [ann, bob] = [await user('ann'), await user('bob')]
const { ChannelArn } = await messaging.createChannel({ AppInstanceArn, Name: 'lobby', ChimeBearer: ann })
await messaging.createChannelMembership({ ChannelArn, MemberArn: bob, Type: 'DEFAULT', ChimeBearer: ann })
await messaging.sendChannelMessage({ ChannelArn, Content: 'Hello from SDK v3', Type: 'STANDARD', Persistence: 'PERSISTENT', ChimeBearer: bob })
console.log((await messaging.listChannelMessages({ ChannelArn, ChimeBearer: ann })).ChannelMessages)
END`
}

function browserPart(facts: WelcomeFacts): string {
  const { url, region, rootCredential, rootCredentialOrigin } = facts
  const isShown = rootCredentialOrigin === 'made'
  const accessKeyId = isShown ? rootCredential.accessKeyId : 'AWS_ACCESS_KEY_ID from above'
  const secret = isShown ? rootCredential.secretAccessKey : 'AWS_SECRET_ACCESS_KEY from above'
  return `// Browser: npm install amazon-chime-sdk-js @aws-sdk/client-chime-sdk-identity @aws-sdk/client-chime-sdk-messaging
// A page in production gets credentials of its own; the root credential is for trying it out.
import { ChimeSDKIdentity } from '@aws-sdk/client-chime-sdk-identity'
import { ChimeSDKMessaging } from '@aws-sdk/client-chime-sdk-messaging'
import { ConsoleLogger, DefaultMessagingSession, LogLevel, MessagingSessionConfiguration } from 'amazon-chime-sdk-js'
const client = {
  endpoint: '${url}',
  region: '${region}',
  credentials: { accessKeyId: '${accessKeyId}', secretAccessKey: '${secret}' },
}
const [identity, messaging] = [new ChimeSDKIdentity(client), new ChimeSDKMessaging(client)]
const { AppInstanceArn } = await identity.createAppInstance({ Name: 'demo' })
const { AppInstanceUserArn: ann } = await identity.createAppInstanceUser({ AppInstanceArn, AppInstanceUserId: 'ann', Name: 'Ann' })
const session = new DefaultMessagingSession(new MessagingSessionConfiguration(ann, null, undefined, messaging), new ConsoleLogger('session', LogLevel.WARN))
session.addObserver({ messagingSessionDidReceiveMessage: (message) => console.log(message.type, message.payload) })
await session.start()
const { ChannelArn } = await messaging.createChannel({ AppInstanceArn, Name: 'lobby', ChimeBearer: ann })
await messaging.sendChannelMessage({ ChannelArn, Content: 'Hello from a browser', Type: 'STANDARD', Persistence: 'PERSISTENT', ChimeBearer: ann })`
}

function trustPart({ sessionEndpoint, authorityPath }: WelcomeFacts): string {
  return authorityPath === undefined
    ? ''
    : `Messaging sessions connect to wss://${sessionEndpoint}. Have browsers trust ${authorityPath}
(import it as an authority); Node takes NODE_EXTRA_CA_CERTS='${authorityPath}'.`
}
