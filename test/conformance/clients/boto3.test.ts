// The core scenario through boto3..
import { openBoto3 } from './boto3-client.ts'
import { BOTO3 } from './child-environment.ts'
import { walkCoreScenario } from './walk-core-scenario.ts'

walkCoreScenario('boto3', openBoto3, BOTO3)
