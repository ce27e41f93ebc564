// Configurations of bots for the cases of the bot operations.
import type { LexConfiguration } from '@aws-sdk/client-chime-sdk-identity'
import { unique, type World } from './world.ts'

/** A bot alias that Lex might have. */
export function aliasArnOf({ endpoint }: World, alias = 'ALIASALIA1'): string {
  return `arn:aws:lex:${endpoint.region}:${endpoint.accountId}:bot-alias/BOTBOTBOT1/${alias}`
}

/** What a bot is given unless `input` says otherwise. */
export function lexConfiguration(world: World, input: Partial<LexConfiguration> = {}) {
  return { Lex: { LexBotAliasArn: aliasArnOf(world), LocaleId: 'en_US', ...input } }
}

export async function createBot(world: World, input: object = {}): Promise<string> {
  const { AppInstanceBotArn } = await world.identity.createAppInstanceBot({
    AppInstanceArn: world.appInstanceArn,
    Name: 'Botty',
    Configuration: lexConfiguration(world),
    ClientRequestToken: unique(),
    ...input,
  })
  return AppInstanceBotArn!
}

/** Configurations that the model refuses, and the member that is at fault. */
export function faultyConfigurations(world: World): readonly (readonly [string, object])[] {
  const of = (input: object) => lexConfiguration(world, input)
  const InvokedBy = { StandardMessages: 'ALL', TargetedMessages: 'ALL' }
  return [
    ['Lex', {}],
    ['LexBotAliasArn', of({ LexBotAliasArn: undefined })],
    ['LexBotAliasArn', of({ LexBotAliasArn: 'arn:aws:lex' })],
    ['LexBotAliasArn', of({ LexBotAliasArn: aliasArnOf(world, 'short') })],
    ['LexBotAliasArn', of({ LexBotAliasArn: aliasArnOf(world).replace('lex', 'chime') })],
    ['LocaleId', of({ LocaleId: undefined })],
    ['RespondsTo', of({ RespondsTo: 'ALL_MESSAGES' })],
    ['StandardMessages', of({ InvokedBy: { ...InvokedBy, StandardMessages: 'SOME' } })],
    ['StandardMessages', of({ InvokedBy: { TargetedMessages: 'ALL' } })],
    ['TargetedMessages', of({ InvokedBy: { ...InvokedBy, TargetedMessages: 'AUTO' } })],
    ['TargetedMessages', of({ InvokedBy: { StandardMessages: 'ALL' } })],
    ['WelcomeIntent', of({ WelcomeIntent: '' })],
    ['WelcomeIntent', of({ WelcomeIntent: 'W'.repeat(101) })],
    ['WelcomeIntent', of({ WelcomeIntent: 'Say__Hello' })],
    ['WelcomeIntent', of({ WelcomeIntent: 'Hello1' })],
  ]
}
