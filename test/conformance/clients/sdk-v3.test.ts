// The core scenario through the AWS SDK for JavaScript v3..
import { openSdkV3 } from './sdk-v3-client.ts'
import { walkCoreScenario } from './walk-core-scenario.ts'

walkCoreScenario('SDK v3', openSdkV3)
