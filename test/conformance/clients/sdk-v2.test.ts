// The core scenario through the AWS SDK for JavaScript v2..
import { openSdkV2 } from './sdk-v2-client.ts'
import { walkCoreScenario } from './walk-core-scenario.ts'

walkCoreScenario('aws-sdk v2', openSdkV2)
