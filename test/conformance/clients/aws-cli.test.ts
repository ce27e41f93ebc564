// The core scenario through the AWS command line: each call is a process of its own..
import { openAwsCli } from './aws-cli-client.ts'
import { AWS_CLI } from './child-environment.ts'
import { walkCoreScenario } from './walk-core-scenario.ts'

walkCoreScenario('AWS CLI', openAwsCli, AWS_CLI)
