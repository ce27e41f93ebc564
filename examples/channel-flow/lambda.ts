// The profanity filter as a Lambda function: deploy it, or let an emulator of Lambda run it. It finds
// Carillon by AWS_ENDPOINT_URL_CHIME_SDK_MESSAGING, as every program with an AWS SDK does.
import { ChimeSDKMessaging } from '@aws-sdk/client-chime-sdk-messaging'
import { createHandler } from './processor.ts'
import { filterProfanity } from './profanity-filter.ts'

const messaging = new ChimeSDKMessaging()

export const handler = createHandler(filterProfanity, () => messaging)
