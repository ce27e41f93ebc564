// The clients of services that others make, loaded when they are first needed: most servers need
// none of them, and together they would cost a third of a start.
import type { Clock } from '../base/clock.ts'
import type {
  ApnsTarget,
  FcmTarget,
  JetStreamTarget,
  KinesisTarget,
  LambdaTarget,
} from '../domain/outbound-mapping.ts'
import type { LexClient } from '../ports/bot-client.ts'
import type { ProcessorInvoker } from '../ports/processor-invoker.ts'
import type { PushSender } from '../ports/push-senders.ts'
import type { StreamSink } from '../ports/stream-sinks.ts'

export function createLambdaOnDemand(clock: Clock): ProcessorInvoker<LambdaTarget> {
  const lambda = new OnDemand(async () => {
    const { createLambdaInvoker } = await import('../integrations/lambda-invoker.ts')
    return createLambdaInvoker(clock)
  })
  return {
    invoke: async (...asked) => (await lambda.get()).invoke(...asked),
    close: () => lambda.close(),
  }
}

export function createKinesisOnDemand(clock: Clock): StreamSink<KinesisTarget> {
  return sinkOf(async () => {
    const { createKinesisSink } = await import('../integrations/kinesis-sink.ts')
    return createKinesisSink(clock)
  })
}

export function createJetStreamOnDemand(): StreamSink<JetStreamTarget> {
  return sinkOf(async () => {
    const { createJetStreamSink } = await import('../integrations/jetstream-sink.ts')
    return createJetStreamSink()
  })
}

export function createLexOnDemand(clock: Clock): LexClient {
  const lex = new OnDemand(async () => {
    const { createLexClient } = await import('../integrations/lex-client.ts')
    return createLexClient(clock)
  })
  return {
    ask: async (request) => (await lex.get()).ask(request),
    close: () => void lex.close(),
  }
}

export function createApnsOnDemand(clock: Clock): PushSender<ApnsTarget> {
  return senderOf(async () => {
    const { createApnsSender } = await import('../integrations/apns-sender.ts')
    return createApnsSender(clock)
  })
}

export function createFcmOnDemand(clock: Clock): PushSender<FcmTarget> {
  return senderOf(async () => {
    const { createFcmSender } = await import('../integrations/fcm-sender.ts')
    return createFcmSender(clock)
  })
}

function sinkOf<Target>(load: () => Promise<StreamSink<Target>>): StreamSink<Target> {
  const sink = new OnDemand(load)
  return {
    put: async (...given) => (await sink.get()).put(...given),
    close: () => sink.close(),
  }
}

function senderOf<Target>(load: () => Promise<PushSender<Target>>): PushSender<Target> {
  const sender = new OnDemand(load)
  return {
    send: async (...given) => (await sender.get()).send(...given),
    close: () => void sender.close(),
  }
}

/** Something that is made once, when it is first asked for. */
class OnDemand<Made extends { close(): unknown }> {
  readonly #load: () => Promise<Made>
  #loading: Promise<Made> | undefined

  constructor(load: () => Promise<Made>) {
    this.#load = load
  }

  get(): Promise<Made> {
    this.#loading ??= this.#load()
    return this.#loading
  }

  /** Nothing to do for what nobody asked for. */
  async close(): Promise<void> {
    await (await this.#loading)?.close()
  }
}
